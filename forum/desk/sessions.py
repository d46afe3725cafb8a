"""Sessions that end a working day after signing in, whatever is done meanwhile; what was typed stays (keep.js).

A session at rest ends as soon. The end stands in the row and in the cookie, so that no request has to look.
"""

import time
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

SIGNED_IN = "signed_in_at"  # seconds since the epoch


class SessionStore(db.SessionStore):
    """Django's, for SESSION_ENGINE. Signing in again or confirming a password in a running session delays nothing."""

    def save(self, must_create=False):
        if SESSION_KEY in self._get_session(no_load=must_create):
            self.setdefault(SIGNED_IN, time.time())
        super().save(must_create)

    def get_expiry_age(self, **kwargs) -> int:
        age, ends = super().get_expiry_age(**kwargs), self.ends
        return max(0, min(age, int(ends.timestamp() - time.time()))) if ends else age

    def get_expiry_date(self, **kwargs) -> datetime:
        date, ends = super().get_expiry_date(**kwargs), self.ends
        return min(date, ends) if ends else date

    @property
    def ends(self) -> datetime | None:
        """At the latest; None while nobody is signed in."""
        at = self.get(SIGNED_IN)
        return datetime.fromtimestamp(at + settings.SESSION_COOKIE_AGE, UTC) if at else None
