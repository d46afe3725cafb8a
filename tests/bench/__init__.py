"""Measurements: `make bench`."""

import os

os.environ.setdefault("RATE_LIMITS", "0")  # one client asks for everybody; started portals inherit it
