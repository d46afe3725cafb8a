"""What hypothesis makes up: the same in every run, few enough for every run; `FUZZ=20` makes it twenty times as many."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

PHASES = [Phase.explicit, Phase.generate, Phase.shrink]  # explaining a failure takes minutes
MORE = int(os.environ.get("FUZZ", "1"))
NASTY = st.sampled_from(
    ["", " ", "\x00", "a\x00b", "0", "-1", "1e309", "NaN", "٣", "²", "9" * 40, "x" * 3000, "ä" * 500, "\ud800", "\U0010ffff",
     "‮abc", "' OR 1=1 --", "\"><script>alert(1)</script>", "{{7*7}}", "%s%n", "%", "_", "\\", "../../etc/passwd",
     "$(id)", "\r\nSet-Cookie: a=b", "null", "[]", "{}", "*", "a:*", "!", "( & |", "<->", "'''", "K\u0130", "ﬁ", "1;2"]
)  # fmt: skip
TEXTS = st.one_of(NASTY, st.text(max_size=40), st.integers().map(str), st.dates().map(str))


def bounded(examples: int):
    """A decorator: so many examples, without a limit of time for one of them."""
    return settings(
        max_examples=examples * MORE,
        derandomize=True,
        database=None,
        deadline=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),  # fixtures are shared by the examples of a test on purpose
    )
