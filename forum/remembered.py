"""Parts of pages that are made once for the same facts: what has not changed is not written again.

A part is a template that sees nothing but what it is given. What it shows follows from these things alone: from every
value they hold, from the rows loaded with them, and from what they say of the moment (`of_the_moment`: has it ended, is
somebody away). All of that together is the key, so a part can never be out of date, on any worker, and nobody has to
say that something has changed. Where a page is made whole for staff (forum.unfinished) nothing is remembered.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time

from django.core.signals import setting_changed
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.safestring import SafeString

from forum.unfinished import is_whole

MOST_CHARACTERS = 6_000_000  # of all parts in one process: some four thousand rows of lists
PLAIN = frozenset({str, int, bool, float, type(None), date, datetime, time})
LEFT_OUT = frozenset({"_state", "_prefetched_objects_cache"})  # what they hold is asked for


class NotComparable(TypeError):
    """Something whose values nobody knows: what it shows cannot be remembered."""


class Memory:
    """Texts by key, the least recently used go first; threads may share it.

    Args:
        most: characters of all texts together.
    """

    def __init__(self, most: int = MOST_CHARACTERS):
        self.most, self.size, self.texts, self.lock = most, 0, OrderedDict(), threading.Lock()
        self.made = 0  # how often a text was not there

    def get(self, key) -> str | None:
        with self.lock:
            text = self.texts.get(key)
            if text is not None:
                self.texts.move_to_end(key)
            return text

    def put(self, key, text: str):
        with self.lock:
            self.made += 1
            self.size += len(text) - len(self.texts.pop(key, ""))
            self.texts[key] = text
            while self.size > self.most:
                self.size -= len(self.texts.popitem(last=False)[1])

    def clear(self):
        with self.lock:
            self.texts.clear()
            self.size = 0


memory = Memory()
setting_changed.connect(lambda **_: memory.clear(), weak=False)  # only tests change settings


def remembered(name: str, things: dict, make: Callable[[], str], memory: Memory = memory) -> str:
    """The text of a part.

    Args:
        name: of the template.
        things: all that the part may show.
        make: called when nothing is known for these facts.
        memory: one of its own for what anybody can ask for in endless ways.
    """
    if is_whole():
        return make()
    try:
        key = digest(name, things)
    except NotComparable:
        return make()
    text = memory.get(key)
    if text is None:
        text = make()
        if digest(name, things) == key:  # else the moment has come between: an event has ended while it was written
            memory.put(key, text)
    return text


def digest(name: str, things: dict) -> bytes:
    return hashlib.blake2b(repr((name, facts_of(things, {}))).encode(), digest_size=16).digest()


def facts_of(value, seen: dict[int, tuple]):
    """All that can be seen of a value, in plain types whose `repr` is the same for the same facts.

    Args:
        seen: rows met before, by identity: their number and the row.

    Raises:
        NotComparable: there is something in it that this does not know.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is list or kind is tuple or isinstance(value, QuerySet):
        return [facts_of(one, seen) for one in value]
    if kind is dict:
        return [(name, facts_of(one, seen)) for name, one in value.items()]
    if isinstance(value, Model):
        return facts_of_row(value, seen)
    if kind is SafeString:
        return ("safe", str(value))
    if isinstance(value, FieldFile):
        return value.name
    if hasattr(value, "facts"):
        return [kind.__qualname__, facts_of(value.facts(), seen)]
    if isinstance(value, str | int):  # choices
        return repr(value)
    if is_dataclass(value):
        return [kind.__qualname__, *(facts_of(getattr(value, one.name), seen) for one in fields(value))]
    raise NotComparable(f"{kind.__qualname__}: nothing is known of its values")


def facts_of_row(row: Model, seen: dict[int, tuple]):
    """Its values, the rows loaded with it, and what it says of the moment; a row met before is only named."""
    if id(row) in seen:
        return ("as before", seen[id(row)][0])
    seen[id(row)] = (len(seen), row)  # kept alive, so that no other gets its identity
    own = [
        (name, value if type(value) in PLAIN else facts_of(value, seen))
        for name, value in row.__dict__.items()
        if name not in LEFT_OUT
    ]
    joined = [(name, facts_of(one, seen)) for name, one in row._state.fields_cache.items()]
    loaded = [(name, facts_of(one, seen)) for name, one in getattr(row, "_prefetched_objects_cache", {}).items()]
    return [type(row).__qualname__, own, getattr(row, "of_the_moment", None), joined, loaded]
