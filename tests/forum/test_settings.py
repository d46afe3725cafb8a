"""Settings of an installation that others can reach: refuse nonsense, then be strict."""

import json
import os
import re
import subprocess
import sys

import pytest

from forum import environment as env
from tests.servers import ROOT

SECRET = "kj3h4kj5h6k7j8h9kj0hgfdsaqwertzuiopyxcvbnmKJHGFDSAQ"
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "forum.example.org",
    "REPORTS_MAIL": "barrieren@forum.example.org",
    "DATABASE_URL": "postgresql://portal@127.0.0.1:1/portal",
}


def manage(*arguments, **variables):
    ours = {*PRODUCTION, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=clean | variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY fehlt"),
        ({"SECRET_KEY": "zu-kurz"}, "SECRET_KEY fehlt oder ist zu schwach"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY fehlt oder ist zu schwach"),
        ({"PORTAL_DEBUG": "1"}, "PORTAL_DEBUG darf im Betrieb nicht eingeschaltet sein"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS fehlt"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS fehlt"),
        ({"REPORTS_MAIL": ""}, "REPORTS_MAIL fehlt"),
        ({"REPORTS_MAIL": "barrieren"}, "REPORTS_MAIL fehlt oder ist keine E-Mail-Adresse"),
        ({"TRUSTED_PROXIES": "10.0.0.7/8"}, "TRUSTED_PROXIES nennt etwas, das kein Netz ist"),
        ({"TRUSTED_PROXIES": "1"}, "TRUSTED_PROXIES nennt etwas, das kein Netz ist"),
        ({"SECURITY_CONTACT": "niemand"}, "SECURITY_CONTACT ist weder"),
        ({"SECURITY_CONTACT": "http://forum.example.org/"}, "SECURITY_CONTACT ist weder"),
        ({"SECURITY_CONTACT": "javascript:alert(1)"}, "SECURITY_CONTACT ist weder"),
        ({"BEHIND_PROXY": "1"}, "BEHIND_PROXY gibt es nicht mehr"),
        ({"REPORTS_MAIL": "a@example.org,b@example.org"}, "REPORTS_MAIL fehlt oder ist keine E-Mail-Adresse"),
        ({"METRICS_TOKEN": "zu-kurz"}, "METRICS_TOKEN ist zu schwach"),
        ({"ERRORS_MAIL": "a@example.org,technik"}, "ERRORS_MAIL: Bitte nennen Sie E-Mail-Adressen"),
    ],
)
def test_production_refuses_to_start(changes, says):
    answer = manage("-c", "import forum.wsgi", **(PRODUCTION | changes))
    assert answer.returncode == 1
    assert says in answer.stderr


def test_so_does_every_command():
    answer = manage("manage.py", "check", **(PRODUCTION | {"SECRET_KEY": ""}))
    assert answer.returncode == 1
    assert answer.stderr.startswith("✗ SECRET_KEY fehlt")


@pytest.mark.parametrize(
    ("name", "value"),
    [("CACHE_URL", "memcached://:geheim@x"), ("PURGE_URL", "file:///geheim"), ("PURGE_HEADER", "geheim")],
)
def test_addresses_of_helpers_are_checked_and_not_shown(name, value):
    answer = manage("-c", "import forum.settings", **PRODUCTION, **{name: value})
    assert answer.returncode == 1
    assert f"{name} muss" in answer.stderr
    assert "geheim" not in answer.stderr


def test_without_a_word_the_server_is_production():
    answer = manage("-c", "import forum.wsgi")
    assert answer.returncode == 1
    assert "SECRET_KEY fehlt" in answer.stderr


def test_deploy_check_is_clean():
    answer = manage("manage.py", "check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert answer.returncode == 0, answer.stderr
    assert "no issues (1 silenced)" in answer.stdout


def test_production_keeps_cookies_and_transport_safe():
    names = [
        "DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
        "SECURE_PROXY_SSL_HEADER",
    ]  # fmt: skip
    code = f"import json; from forum import settings as s; print(json.dumps([getattr(s, n, None) for n in {names!r}]))"
    assert json.loads(manage("-c", code, **PRODUCTION).stdout) == [False, True, True, True, 31536000, None]
    behind = json.loads(manage("-c", code, **PRODUCTION, TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8").stdout)
    assert behind[-1] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_typed_readers(monkeypatch):
    monkeypatch.setenv("PORTAL_TEST", " a , b,, ")
    assert env.words("PORTAL_TEST") == ["a", "b"]
    monkeypatch.setenv("PORTAL_TEST", "ja")
    assert env.flag("PORTAL_TEST") is True
    monkeypatch.setenv("PORTAL_TEST", "")
    assert env.flag("PORTAL_TEST", default=True) is False
    assert env.number("PORTAL_TEST", 7) == 7
    monkeypatch.setenv("PORTAL_TEST", "٧")
    with pytest.raises(env.ImproperlyConfigured):
        env.number("PORTAL_TEST", 7)


def test_every_variable_stands_in_the_readme_once():
    used = set()
    for path in [*ROOT.glob("forum/*.py"), *ROOT.glob("forum/management/**/*.py"), ROOT / "gunicorn.conf.py"]:
        used |= set(re.findall(r'env\.(?:text|flag|number|words|choice)\(\s*"([A-Z_]+)"', path.read_text()))
        used |= set(re.findall(r'environ\.get\("([A-Z_]+)"', path.read_text()))
    readme = (ROOT / "README.md").read_text()
    assert len(used) >= 10
    for name in used:
        assert readme.count(f"| `{name}` |") == 1, name
