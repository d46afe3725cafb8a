"""What operators with containers can set, and that an unset variable means what README says."""

import json
import re
import subprocess
import sys

from forum.bootstrap import find_redis
from tests.forum.test_settings import PRODUCTION
from tests.servers import ROOT, free_port

COMPOSE = (ROOT / "compose.yaml").read_text()
# Fixed by the image, of no use in it, or an address of its own (PORT: where the proxy finds the container).
NOT_TO_BE_SET = {"PORTAL_MODE", "PORTAL_DATA", "HOST", "PORTAL_DEBUG", "PORTAL_PG_BIN", "PORTAL_CHROMIUM"}


def variables() -> dict[str, str]:
    """What `docker compose` gives to the portal where .env holds only what is needed: name → value."""
    portal = COMPOSE.partition("\nservices:")[0]
    passed = re.findall(r"^    ([A-Z_]+): \$\{\1:-(.*)\}$", portal, re.MULTILINE)
    assert len(passed) == len(re.findall(r":-", portal))
    return dict(passed)


def settings(**environment) -> dict:
    code = (
        "import json; from forum import settings as s;"
        "print(json.dumps({n: v for n, v in vars(s).items() if n.isupper()}, default=lambda v: type(v).__name__))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"PATH": "/usr/bin:/bin"} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_variable_of_the_readme_reaches_the_containers():
    table = re.findall(r"^\| `([A-Z_]+)` \| [^|]+ \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(table) > 30
    asked = set(re.findall(r"\$\{([A-Z_]+):?[-?]", COMPOSE)) | {"DATABASE_URL"}
    assert set(table) - NOT_TO_BE_SET == asked - {"POSTGRES_PASSWORD"}


def test_what_is_not_set_is_as_without_containers():
    without, within = settings(**PRODUCTION), settings(**(PRODUCTION | variables()))
    assert {name for name in within if without.get(name) != within[name]} == {
        "TRUSTED_PROXIES",
        "SECURE_PROXY_SSL_HEADER",
    }


def test_the_cache_that_can_come_along_understands_its_options(tmp_path):
    service = COMPOSE.partition("\n  cache:")[2].partition("\nvolumes:")[0]
    program, *options = json.loads(re.search(r"command: (\[.*\])", service)[1])
    assert program == "valkey-server"
    options += ["--port", str(free_port()), "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    process = subprocess.Popen([find_redis(), *options], stdout=subprocess.PIPE, text=True)
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "ccept connections" in line:
                break
        assert any("ccept connections" in line for line in lines), lines
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
