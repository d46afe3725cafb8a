"""A form that is sent twice in one breath is carried out once."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.models import Session
from django.http import HttpRequest

MEMORY = timedelta(minutes=1)
KEY = "sent_forms"  # digest → (address it led to, when)


def digest_of(request: HttpRequest) -> str | None:
    """Names what was sent. Django masks the CSRF token anew in every form it shows: equal means the same form again."""
    if "csrfmiddlewaretoken" not in request.POST:
        return None
    files = [(name, file.name, file.size) for name, file in sorted(request.FILES.items())]
    content = repr((request.path, sorted(request.POST.lists()), files))
    return hashlib.sha256(content.encode(errors="replace")).hexdigest()


def answer_of_first(request: HttpRequest, digest: str) -> str | None:
    """Where the first of two equal forms led, None for the first itself; the second waits here for the first.

    Call inside a transaction: the session's row is locked until it ends.
    """
    row = Session.objects.select_for_update().filter(session_key=request.session.session_key).first()
    address, sent = (row.get_decoded() if row else {}).get(KEY, {}).get(digest, (None, None))
    return address if sent and datetime.now(UTC) - datetime.fromisoformat(sent) < MEMORY else None


def remember_answer(request: HttpRequest, digest: str, address: str):
    """Keep where a form led; stored at once, so that who waits finds it."""
    now = datetime.now(UTC)
    kept = {
        name: known
        for name, known in request.session.get(KEY, {}).items()
        if now - datetime.fromisoformat(known[1]) < MEMORY
    }
    request.session[KEY] = kept | {digest: (address, now.isoformat())}
    request.session.save()
