"""`make audit`: judges from outside that need Node and Java.

The W3C's Nu Html Checker (npm package vnu-jar) reads the HTML of every page type and our style sheets; one error or
warning fails.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from tests.browser.pages import PAGES
from tests.servers import ROOT, Portal, open_to_servers

NU = "vnu-jar@26.9.27"
TOOLS = ROOT / "var" / "audit"


def main() -> int:
    missing = [name for name in ("java", "npm") if not shutil.which(name)]
    if missing:
        print(
            f"✗ Für „make audit“ fehlt {' und '.join(missing)}: Bitte installieren Sie Java (ab 11) und Node (ab 20)."
        )
        return 1
    jar = install_nu()
    with tempfile.TemporaryDirectory(prefix="portal-audit-") as folder:
        folder = open_to_servers(pathlib.Path(folder))
        portal = Portal(folder / "portal").wait_until_ready()
        try:
            pages = save_pages(portal, folder / "pages")
        finally:
            portal.stop()
        found = nu(jar, pages, []) + nu(jar, sorted((ROOT / "static" / "css").glob("*.css")), ["--css"])
    for name, line, message in found:
        print(f"  {name}:{line}: {message}")
    print(f"{'✗' if found else '✓'} Nu Html Checker: {len(pages)} Seiten, {len(found)} Beanstandungen")
    return 1 if found else 0


def install_nu() -> pathlib.Path:
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not jar.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", TOOLS, NU], check=True)
    return jar


def save_pages(portal, folder) -> list[pathlib.Path]:
    folder.mkdir()
    for name, path in PAGES.items():
        (folder / f"{name.replace(' ', '-')}.html").write_text(portal.get(path)[1])
    return sorted(folder.glob("*.html"))


def nu(jar, files, options) -> list[tuple[str, int, str]]:
    """Return (file, line, message) of everything the checker does not like."""
    command = ["java", "-jar", jar, "--format", "json", "--exit-zero-always", *options, *files]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        (message["url"].rpartition("/")[2], message.get("lastLine", 0), message["message"])
        for message in json.loads(answer.stderr)["messages"]
    ]


if __name__ == "__main__":
    sys.exit(main())
