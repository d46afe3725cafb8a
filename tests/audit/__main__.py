"""`make audit`: judges from outside, who need Node, Java and Chromium, look at every page type as in production.

`make audit ARGS="lighthouse event"` asks one judge (nu, weight, lighthouse, formats) about the pages whose name contains a
text; `make audit ARGS=packages` looks at the packages we build on instead of at pages.
"""

import argparse
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
from typing import NamedTuple

from tests.audit import formats, lighthouse, nu, packages, weight
from tests.audit.tools import missing
from tests.browser.pages import PAGES
from tests.servers import ROOT, Portal, open_to_servers

JUDGES = {"nu": nu, "weight": weight, "lighthouse": lighthouse, "formats": formats}


class Page(NamedTuple):
    name: str
    path: str
    status: int
    html: str


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make audit")
    arguments.add_argument("judge", nargs="?", choices=[*JUDGES, "packages"])
    arguments.add_argument("name", nargs="*", help="part of a name in tests/browser/pages.py")
    options = arguments.parse_args()
    if options.judge == "packages":
        if lacking := missing(packages.NEEDS):
            print(f"✗ Für „make audit“ fehlt etwas. Bitte installieren Sie {' und '.join(lacking)}.")
            return 1
        return packages.main()
    judges = [JUDGES[options.judge]] if options.judge else list(JUDGES.values())
    addresses = {name: path for name, path in PAGES.items() if " ".join(options.name) in name}
    if not addresses:
        print(f"✗ Keine Seitenart heißt so. Es gibt: {', '.join(PAGES)}")
        return 1
    if lacking := missing({program for judge in judges for program in judge.NEEDS}):
        print(f"✗ Für „make audit“ fehlt etwas. Bitte installieren Sie {' und '.join(lacking)}.")
        return 1
    with tempfile.TemporaryDirectory(prefix="portal-audit-") as folder:
        portal = start(open_to_servers(pathlib.Path(folder)) / "portal")
        try:
            pages = [Page(name, path, *portal.get(path)) for name, path in addresses.items()]
            if wrong := [page for page in pages if page.status != (404 if page.name == "not found" else 200)]:
                print(f"✗ Unerwartete Antwort: {', '.join(f'{page.name} ({page.status})' for page in wrong)}")
                return 1
            summary = [ask(judge, portal, pages) for judge in judges]
        finally:
            portal.stop()
    print()
    for passed, line in summary:
        print(f"{'✓' if passed else '✗'} {line}")
    return 0 if all(passed for passed, _ in summary) else 1


def start(folder) -> Portal:
    """Start the portal as in production, with demo content."""
    print("▸ Portal wie im Betrieb starten …", flush=True)
    production = {
        "PORTAL_MODE": "production",
        "SECRET_KEY": secrets.token_hex(40),
        "ALLOWED_HOSTS": "127.0.0.1",
        "REPORTS_MAIL": "barrieren@example.org",
        "DJANGO_SETTINGS_MODULE": "tests.audit.settings",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=os.environ | production, check=True)
    return Portal(folder, **production).wait_until_ready()


def ask(judge, portal, pages) -> tuple[bool, str]:
    """Print what a judge says about each page; return whether all is well, and the worst figures in one line."""
    print(f"\n{judge.TITLE} ({judge.NOTE})\n{'':28}" + "".join(f"{column:>15}" for column in judge.COLUMNS))
    worst, count, unwell = {}, 0, 0
    for name, figures, misses in judge.judge(portal, pages):
        cells = {column: judge.COLUMNS[column][0].format(figure) for column, figure in figures.items()}
        print(
            f"{'✗' if misses else '✓'} {name:26}" + "".join(f"{cells.get(c, '–'):>15}" for c in judge.COLUMNS),
            flush=True,
        )
        for miss in misses:
            print(f"    {miss}", flush=True)
        for column, figure in figures.items():
            worst[column] = judge.COLUMNS[column][1](worst.get(column, figure), figure)
        count, unwell = count + 1, unwell + bool(misses)
    figures = ", ".join(f"{column} {judge.COLUMNS[column][0].format(figure)}" for column, figure in worst.items())
    return not unwell, f"{judge.TITLE}: {count} geprüft, {unwell} mit Mängeln; schlechtester Wert je Spalte: {figures}"


if __name__ == "__main__":
    sys.exit(main())
