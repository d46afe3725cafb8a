"""Rows with all that belongs to them, in one query.

`prefetch_related` asks once for each relation, and each question costs about a millisecond, nearly all of it in Python.
Here PostgreSQL puts the rows of a relation, and those of theirs, beside the row they belong to, as JSON; they become
the same objects, found under the same names (`article.topics.all()`), in the same order.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, Model, OuterRef, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable

CONVERTED: dict[str, Callable] = {"DateTimeField": datetime.fromisoformat, "DateField": date.fromisoformat}
AS_THEY_ARE = {
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "EmailField", "FileField",
    "FloatField", "ForeignKey", "IntegerField", "PositiveBigIntegerField", "PositiveIntegerField",
    "PositiveSmallIntegerField", "SlugField", "SmallIntegerField", "TextField", "URLField",
}  # fmt: skip


class WholeRow(Func):
    """The row of a table as a JSON object; its argument is any column of that table but the key.

    Args:
        without: columns that are not wanted.
    """

    output_field = JSONField()

    def __init__(self, column, without=()):
        super().__init__(column)
        self.without = without

    def as_sql(self, compiler, connection, **_):
        (column,) = self.get_source_expressions()
        left_out = "".join(f" - '{name}'" for name in self.without)
        return f"(to_jsonb({compiler.quote_name_unless_alias(column.alias)}){left_out})", []


class Rows:
    """Rows of a relation, to be loaded with the row they belong to.

    Args:
        name: of the relation, as for `prefetch_related`; of a foreign key, too.
        rows: which ones, and in what order.
        joined: paths of foreign keys to load with each, parents first, as for `select_related`.
        inside: what to load with each of them in turn.
        at: one of the `joined` paths of whoever has the relation, where it is not the row itself.
        by: name of the relation from the other side, where the field does not tell.
        to: attribute for the list, instead of the relation.
        without: long columns nobody reads, as paths: `text`, `district__outline`; they are deferred.
    """

    def __init__(self, name: str, rows: QuerySet, *inside: "Rows", joined=(), at="", by="", to="", without=()):
        self.name, self.rows, self.inside, self.joined = name, rows, inside, joined
        self.at, self.by, self.to, self.without = at, by, to, without
        self.model = rows.model
        self.query = rows.query

    def expression(self, owner: type[Model]) -> ArraySubquery:
        """An array with an array for each row: itself, what is joined with it, what is inside."""
        self.field = end_of(owner, self.at)._meta.get_field(self.name)
        if self.field.many_to_one:
            matching = {"pk": OuterRef(f"{self.at}__{self.name}" if self.at else self.name)}
        else:
            by = self.by or (self.field.field.name if self.field.one_to_many else self.field.remote_field.name)
            matching = {by: OuterRef(f"{self.at}__pk" if self.at else "pk")}
        parts = [self.row_at(path) for path in ("", *self.joined)]
        parts += [one.expression(self.model) for one in self.inside]
        row = Func(*parts, function="jsonb_build_array", output_field=JSONField())
        return Func(
            ArraySubquery(self.rows.filter(**matching).values_list(row)), function="to_jsonb", output_field=JSONField()
        )

    def row_at(self, path: str) -> WholeRow:
        """The row that a path of foreign keys leads to; by its key Django would stay before the last join."""
        fields = end_of(self.model, path)._meta.concrete_fields
        column = next(field.name for field in fields if not field.primary_key and not field.is_relation)
        left_out = [one.rpartition("__")[2] for one in self.without if one.rpartition("__")[0] == path]
        return WholeRow(F(f"{path}__{column}" if path else column), left_out)

    def attach(self, owner: Model, found: list[list], db: str):
        """Give the rows to whom they belong, as if they had been prefetched."""
        for step in self.at.split("__") if self.at else ():
            owner = getattr(owner, step)
            if owner is None:
                return
        rows = [self.row(parts, db) for parts in found]
        if self.field.many_to_one:
            self.field.set_cached_value(owner, rows[0] if rows else None)
            return
        if self.field.one_to_many:
            for row in rows:
                self.field.field.set_cached_value(row, owner)
        if self.to:
            setattr(owner, self.to, rows)
        else:
            if not hasattr(owner, "_prefetched_objects_cache"):
                owner._prefetched_objects_cache = {}
            owner._prefetched_objects_cache[self.name] = LoadedRows.of(self, rows, db)

    def row(self, parts: list, db: str) -> Model:
        row = instance(self.model, parts[0], db)
        for path, values in zip(self.joined, parts[1:], strict=False):
            before, _, name = path.rpartition("__")
            holder = row
            for step in before.split("__") if before else ():
                holder = holder and getattr(holder, step)
            if holder is not None:
                field = type(holder)._meta.get_field(name)
                field.set_cached_value(holder, instance(field.related_model, values, db) if values else None)
        for one, found in zip(self.inside, parts[1 + len(self.joined) :], strict=True):
            one.attach(row, found, db)
        return row


class LoadedRows(QuerySet):
    """What a relation has loaded; to ask for anything else, ask its model."""

    @classmethod
    def of(cls, rows: Rows, found: list[Model], db: str) -> "LoadedRows":
        loaded = cls(rows.model, query=rows.query, using=db)
        loaded._result_cache, loaded._prefetch_done = found, True
        return loaded

    def _chain(self):
        raise TypeError(
            f"These rows of {self.model._meta.label} were loaded with a page: they cannot be filtered again"
        )


class JoinedIterable(ModelIterable):
    """Yields rows with what belongs to them; `rows` holds (attribute of the query, Rows)."""

    rows: tuple[tuple[str, Rows], ...] = ()

    def __iter__(self) -> Iterator[Model]:
        db = self.queryset.db
        for thing in super().__iter__():
            for name, one in self.rows:
                one.attach(thing, thing.__dict__.pop(name), db)
            yield thing


def joined(queryset: QuerySet, *rows: Rows) -> QuerySet:
    """The same things, each with these rows of its relations; still one query."""
    base = getattr(queryset._iterable_class, "rows", ())
    named = [(f"rows_{number}", one) for number, one in enumerate(rows, len(base))]
    queryset = queryset.annotate(**{name: one.expression(queryset.model) for name, one in named})
    queryset._iterable_class = type("JoinedIterable", (JoinedIterable,), {"rows": (*base, *named)})
    return queryset


def end_of(model: type[Model], path: str) -> type[Model]:
    for name in path.split("__") if path else ():
        model = model._meta.get_field(name).related_model
    return model


@cache
def columns_of(model: type[Model]) -> list[tuple[str, str, Callable | None]]:
    """(attribute, column, what makes a value of its JSON)."""
    found = []
    for field in model._meta.concrete_fields:
        kind = getattr(field, "output_field", field).get_internal_type()
        if kind not in CONVERTED and kind not in AS_THEY_ARE:
            raise TypeError(f"{field}: nobody has said how a {kind} is read from JSON")
        found.append((field.attname, field.column, CONVERTED.get(kind)))
    return found


def instance(model: type[Model], values: dict, db: str) -> Model:
    """As `Model.from_db`, at a third of its cost: a page has a hundred of them.

    No signal is sent: the only listener would measure pictures, whose size stands in the row.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, db
    known = row.__dict__
    for name, column, convert in columns_of(model):
        if column in values:
            value = values[column]
            known[name] = value if convert is None or value is None else convert(value)
    return row
