"""Questions that are asked all day: Django writes their SQL once, not every time, and the database plans it once.

Of the millisecond a query costs, most is spent on making the same SQL again. A prepared question is an ordinary
queryset, made once in each process with placeholders for what differs from time to time: the moment (`now()` of
forum.publishing, which `published()` and its like ask) and named values.
"""

import copy
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connections
from django.db.models import Model, QuerySet
from django.utils import timezone

from forum.planned import Planned
from forum.publishing import fixed_moment

MOMENT = datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC)  # stands for the moment at which is asked
NUMBER = 9_182_736_450  # plus a position: stands for a number, inside of LIMIT and OFFSET too
TYPES = {int: "bigint", str: "text", datetime: "timestamptz"}  # of values, in SQL
TEXT = "\x02placeholder\x03"  # plus a name; no text of a database holds such characters by accident


class Prepared:
    """A question whose answer is a list; call it with the named values.

    Args:
        make: returns the queryset; gets a placeholder for each name.
        values: name → `str`, `int` or `datetime`.

    What `make` does may depend on nothing else: neither on time (but `now()`) nor on who asks.
    """

    def __init__(self, make: Callable[..., QuerySet], **values: type):
        self.make, self.kinds = make, values
        self.lock, self.ready = threading.Lock(), None

    def __call__(self, **values) -> list[Model]:
        queryset, compiler, planned = self.prepared()
        given = [int(values[name]) if kind is int else values[name] for name, kind in self.kinds.items()]

        def run(sql: str, parameters: dict) -> list[Model]:
            return list(queryset._iterable_class(Asked(queryset, compiler, sql, parameters)))

        return planned.ask(run, [timezone.now(), *given], queryset.db)

    @property
    def model(self) -> type[Model]:
        return self.prepared()[0].model

    def prepared(self) -> tuple:
        if self.ready is None:
            with self.lock:
                self.ready = self.ready or self.prepare()
        return self.ready

    def placeholder(self, name: str) -> str | int | datetime:
        number = list(self.kinds).index(name)
        placeholders = {int: NUMBER + number, str: f"{TEXT}{number}", datetime: MOMENT.replace(microsecond=number + 1)}
        return placeholders[self.kinds[name]]

    def prepare(self):
        with fixed_moment(MOMENT):
            queryset = self.make(**{name: self.placeholder(name) for name in self.kinds})
            compiler = queryset.query.get_compiler(using=queryset.db)
            sql, parameters = compiler.as_sql()
        for name, kind in self.kinds.items():
            if self.placeholder(name) not in parameters and not (kind is int and str(self.placeholder(name)) in sql):
                raise TypeError(f"The value {name} does not reach the database as it is given")
        if queryset._prefetch_related_lookups:
            raise TypeError("A prepared question loads by joining (forum.joined), not by further questions")
        known = {MOMENT, *map(self.placeholder, self.kinds)}
        if wrong := [one for one in parameters if isinstance(one, datetime) and one not in known]:
            raise TypeError(f"A prepared question would ask for {wrong[0]} for ever: it must take now() of publishing")
        places = {one: f"${number}" for number, one in enumerate([MOMENT, *map(self.placeholder, self.kinds)], 1)}
        with connections[queryset.db].cursor() as cursor:
            sql %= tuple(
                places[one] if type(one) in TYPES and one in places else cursor.mogrify("%s", [one])
                for one in parameters
            )
        for name, kind in self.kinds.items():
            if kind is int:
                sql = sql.replace(str(self.placeholder(name)), places[self.placeholder(name)])
        types = ["timestamptz", *(TYPES[kind] for kind in self.kinds.values())]
        name = f"{self.make.__module__}.{self.make.__qualname__} {queryset.model.__name__}"
        return queryset, compiler, Planned(name, sql, types)


class Asked:
    """What Django's iterables want of a queryset, with SQL that is there already."""

    _known_related_objects: dict = {}

    def __init__(self, queryset, compiler, sql, parameters):
        self.model, self.db, self.query = queryset.model, queryset.db, self
        self._fields = queryset._fields
        self.compiler = copy.copy(compiler)
        self.compiler.connection = connections[self.db]  # of this thread
        self.compiler.as_sql = lambda: (sql, parameters)

    def get_compiler(self, using):
        return self.compiler
