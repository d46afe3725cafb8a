"""`make check`: format, lint, missing migrations, and whether the settings are fit for the open net."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "portal.example.org",
    "REPORTS_MAIL": "barrieren@example.org",
    "DATABASE_URL": "postgresql://portal@127.0.0.1:9/portal",  # named, never asked
}
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))
MANAGE = [sys.executable, "manage.py"]
CHECKS = {
    "Format": [BIN / "ruff", "format", "--check", "--quiet"],
    "Regeln": [BIN / "ruff", "check", "--quiet"],
    "Vorlagen": [BIN / "djade", "--check", "--target-version", "5.2", *TEMPLATES],
    "Migrationen": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "Betrieb": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "Dockerfile": [BIN / "hadolint", "Dockerfile"],
}


def main() -> int:
    failed = []
    for name, command in CHECKS.items():
        environment = os.environ | (PRODUCTION if name == "Betrieb" else {})
        answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        print(f"{'✗' if answer.returncode else '✓'} {name}", flush=True)
        if answer.returncode:
            failed.append(name)
            print(answer.stdout + answer.stderr, flush=True)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
