"""Statements that the database plans once for each connection: planning is half of what a quick question costs it.

A pooler that lends its connections for a transaction only forgets what was prepared (or has it from somebody else):
then everything is asked as it is, as without this module.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connections

LONGEST_NAME = 50  # characters, of 63 that PostgreSQL keeps
# SQLSTATE of what is prepared nowhere, or by somebody else; and of a column that a migration has changed
NOT_PREPARED, PREPARED_BY_OTHERS, CHANGED = "26000", "42P05", "0A000"

known: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()  # names by connection of psycopg


class Planned:
    """A statement to be asked again and again.

    Args:
        name: says in logs what is asked.
        sql: with its parameters as `$1`, `$2`, …; no other dollar.
        types: of the parameters, in SQL.
    """

    pooled = False  # whether connections turned out to be shared with others

    def __init__(self, name: str, sql: str, types: list[str]):
        digest = hashlib.blake2b(sql.encode(), digest_size=4).hexdigest()
        self.name = f"{name[-LONGEST_NAME:]} {digest}"
        self.prepare = f'PREPARE "{self.name}"' + (f" ({', '.join(types)})" if types else "") + f" AS {sql}"
        places = [f"%(p{number})s" for number, _ in enumerate(types, 1)]
        self.execute = f'EXECUTE "{self.name}"' + (f" ({', '.join(places)})" if places else "")
        self.plain = re.sub(r"\$(\d+)", r"%(p\1)s", sql.replace("%", "%%"))

    def ask(self, run: Callable[[str, dict], Any], values: list, using: str = "default") -> Any:
        """Ask.

        Args:
            run: executes the SQL and the parameters it is given over Django's connection `using`.
            values: one for each type.

        Returns:
            What `run` does.
        """
        values = {f"p{number}": value for number, value in enumerate(values, 1)}
        if not Planned.pooled:
            try:
                self.announce(using)
                return run(self.execute, values)
            except DatabaseError as error:
                state = getattr(error.__cause__, "sqlstate", "")
                if state not in (NOT_PREPARED, PREPARED_BY_OTHERS, CHANGED) or connections[using].in_atomic_block:
                    raise
                Planned.pooled = state != CHANGED
        return run(self.plain, values)

    def announce(self, using: str):
        """Tell the connection what will be asked; as `connection.cursor()` sees to it that there is one."""
        connection = connections[using]
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        names = known.setdefault(connection.connection, set())
        if self.name not in names:
            with connection.wrap_database_errors:
                connection.connection.execute(self.prepare)
            names.add(self.name)
