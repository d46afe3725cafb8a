"""The W3C's Nu Html Checker reads the HTML of every page type and our style sheets."""

import json
import pathlib
import re
import subprocess
import tempfile

from tests.audit.tools import package
from tests.servers import ROOT

TITLE = "Nu Html Checker"
NOTE = "verlangt: kein Fehler und keine Warnung"
NEEDS = ("java", "npm")
COLUMNS = {"Beanstandungen": ("{}", max)}
# The checker's grammar of CSS ends before View Transitions (W3C, Level 1 and 2) and `field-sizing` (CSS UI 4): it is
# shown those lines blank.
NEWER_THAN_THE_CHECKER = re.compile(r"^.*(view-transition|field-sizing).*$", re.MULTILINE)


def judge(portal, pages):
    """Yield (file, figures, misses): every error and every warning is one."""
    with tempfile.TemporaryDirectory(prefix="portal-audit-nu-") as folder:
        files = {}
        for number, page in enumerate(pages):
            path = pathlib.Path(folder, f"{number}.html")
            path.write_text(page.html, encoding="utf-8")
            files[path] = page.name
        yield from verdicts(files, [])
        sheets = {}
        for sheet in sorted((ROOT / "static" / "css").glob("*.css")):
            path = pathlib.Path(folder, sheet.name)
            path.write_text(NEWER_THAN_THE_CHECKER.sub("", sheet.read_text(encoding="utf-8")), encoding="utf-8")
            sheets[path] = sheet.name
        yield from verdicts(sheets, ["--css"])


def verdicts(files, options):
    command = ["java", "-jar", package("vnu-jar") / "build" / "dist" / "vnu.jar", "--format", "json"]
    answer = subprocess.run(
        [*command, "--exit-zero-always", *options, *files], capture_output=True, text=True, check=True
    )
    said = json.loads(answer.stderr)["messages"]
    for path, name in files.items():
        misses = [
            f"Zeile {message.get('lastLine', '?')}: {message['message']}"
            for message in said
            if message["url"].endswith(f"/{path.parent.name}/{path.name}")
        ]
        yield name, {"Beanstandungen": len(misses)}, misses
