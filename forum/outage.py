"""What somebody sees while the database or the disk is away, and how what they typed survives it.

A form of the desk comes back whole: one button sends it again, without script, and everything written can be read and
copied. With script the browser has kept a copy besides (static/js/desk/keep.js).
"""

import errno
import logging
import re

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.template import loader
from django.urls import resolve
from django.utils.text import capfirst

from forum import api
from forum.security import DESK

logger = logging.getLogger("forum.outage")

RETRY_AFTER = 10  # seconds
FULL_OR_LOCKED = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO, errno.EACCES}
TECHNICAL = re.compile(r"^_|^csrf|(^|-)(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|(^|-)(id|position|DELETE|file_ppoi)$")
SECRET = re.compile("password|passwort|code|otp|credential", re.IGNORECASE)
SHORT = 3  # characters: choices and numbers of things say nothing to anybody


def is_outage(error: BaseException | None) -> bool:
    """Tell whether trying again may help: the database is away or overloaded, the disk full or not to be written."""
    if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError):
        return error.errno in FULL_OR_LOCKED
    return isinstance(error, OperationalError | InterfaceError)


def unavailable(request: HttpRequest, error: BaseException, context: dict) -> HttpResponse:
    """503 in German, for programs as a problem (RFC 9457); needs no database.

    Args:
        context: of the page for errors, see forum.views.server_error.
    """
    logger.error("Störung: %s bei %s %s", type(error).__name__, request.method, request.path)
    response = page(request, context)
    response._has_been_logged = True  # one line is enough: an outage under load must not fill the disk with tracebacks
    return response


def page(request: HttpRequest, context: dict) -> HttpResponse:
    if request.path_info.startswith(api.ROOT) or request.headers.get("Accept") == "application/json":
        answer = api.failed(503)
    else:
        context |= {"form": typed(request) if may_be_repeated(request) else None}
        answer = HttpResponse(loader.render_to_string("503.html", context), status=503)
    answer["Retry-After"], answer["Cache-Control"] = str(RETRY_AFTER), "no-store"
    return answer


def may_be_repeated(request: HttpRequest) -> bool:
    """Only a form of the desk that has passed the check against forgery, and holds no password."""
    if request.method != "POST" or not request.path_info.startswith(DESK) or any(map(SECRET.search, request.POST)):
        return False
    # The check itself may not have been reached; it asks only the cookie, and says nothing where it is content.
    return CsrfViewMiddleware(lambda _: None).process_view(request, unavailable, (), {}) is None


def typed(request: HttpRequest) -> dict:
    """What was sent: all fields for sending again, and those a person wrote for reading."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    model = getattr(resolve(request.path_info).func, "model_admin", None)
    return {
        "address": request.get_full_path(),
        "multipart": request.content_type == "multipart/form-data",
        "files": bool(request.FILES),
        "fields": fields,
        "written": [
            (label(model, name), value)
            for name, value in fields
            if not TECHNICAL.search(name) and len(value) > SHORT and not value.isdigit()
        ],
    }


def label(model_admin, name: str) -> str:
    """A field as its form names it, as far as that can be known without the form."""
    if model_admin is not None:
        for field in model_admin.opts.fields:
            if field.name == name.removesuffix("_0").removesuffix("_1"):
                return capfirst(field.verbose_name)
    return capfirst(name.rpartition("-")[2].replace("_", " "))
