"""Logging: one JSON object a line in production, plain lines elsewhere; never a person's data.

Left out on purpose: address and browser of the visitor, query strings (what somebody searched for), the account, and
what opens a link to share.
"""

import json
import logging
import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
QUERY = re.compile(r"\?\S*")
# PostgreSQL quotes the row it refuses (also in the repr of an error, where the line break is two characters),
DETAIL = re.compile(r"(^|\\n)(DETAIL|CONTEXT): (?:(?!\\n).)*", re.MULTILINE)
REFUSED = re.compile(r"(invalid input (?:syntax|value) for [^:\n]+: )\".*\"")  # and the value it cannot read
KEY = re.compile(r"(/(?:gegenlesen|eintrag-pruefen|einladung/\d+)/)[^/\s\"']+")  # an address that opens something
HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,100}")
DIGITS = re.compile(r"\+?\d[\d /-]{6,}\d")  # telephone numbers


@dataclass
class Watched:
    """The request being answered: its id, and what the database had to do for it (seconds)."""

    id: str
    queries: int = 0
    query_seconds: float = 0.0


watched: ContextVar[Watched | None] = ContextVar("the request being answered", default=None)


def without_personal_data(text: str) -> str:
    """Replace mail addresses, telephone numbers, quoted rows, query strings and keys, in messages and tracebacks."""
    text = DETAIL.sub(r"\1\2: …", REFUSED.sub(r'\1"…"', KEY.sub(r"\1…", text)))
    return QUERY.sub("?…", DIGITS.sub("…", MAIL.sub("…@…", text)))


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON with the keys time, level, logger, message.

    Also request (its id), where there is one, error (a traceback) and what was logged with `extra={"facts": {…}}`.
    """

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if seen := watched.get():
            line["request"] = seen.id
        line |= self.content(record)
        return json.dumps(line, ensure_ascii=False)

    def content(self, record):
        content = {"message": without_personal_data(record.getMessage())} | getattr(record, "facts", {})
        if record.exc_info:
            content["error"] = without_personal_data(self.formatException(record.exc_info))
        return content


class AccessFormatter(JsonFormatter):
    """Formats gunicorn's access records: method, path, status, bytes, milliseconds."""

    def content(self, record):
        atoms = record.args
        return {
            "method": atoms["m"],
            "path": without_personal_data(atoms["U"]),
            "status": int(atoms["s"]),
            "bytes": 0 if atoms["b"] == "-" else int(atoms["b"]),
            "ms": int(atoms["M"]),
        }


class StrangeHost(logging.Filter):
    """One short line about a request to a host that is none of ours: scanners send thousands, each with a traceback.

    Django tells of it twice, first as an error, then as a bad request.
    """

    def filter(self, record):
        request = getattr(record, "request", None)
        if record.name == "django.security.DisallowedHost":
            if request is not None:
                request.host_is_strange = True
            named = request.META.get("HTTP_HOST", "") if request is not None else ""
            record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
            record.msg = "Diesen Host nennt ALLOWED_HOSTS nicht: %s"
            record.args = (named if HOST.fullmatch(named) else "…",)
        return record.name != "django.request" or not getattr(request, "host_is_strange", False)


def logging_config(production: bool) -> dict:
    """Configuration for logging.config.dictConfig, used by Django and by gunicorn."""
    style = "json" if production else "plain"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"strange host": {"()": StrangeHost}},
        "formatters": {
            "json": {"()": JsonFormatter},
            "access": {"()": AccessFormatter},
            "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {
            "lines": {
                "class": "logging.StreamHandler", "formatter": style, "stream": "ext://sys.stdout",
                "filters": ["strange host"],
            },
            "access": {
                "class": "logging.StreamHandler", "formatter": "access" if production else style,
                "stream": "ext://sys.stdout",
            },
        },
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": ["lines"], "level": "WARNING", "propagate": False},
            "django.server": {"level": "INFO"},
            "gunicorn.error": {"handlers": ["lines"], "level": "INFO" if production else "WARNING", "propagate": False},
            "gunicorn.access": {
                "handlers": ["access"], "level": "INFO" if production else "WARNING", "propagate": False,
            },
        },
    }  # fmt: skip
