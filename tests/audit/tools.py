"""What the judges run on: programs of the machine, and packages of npm and Python in var/audit."""

import json
import pathlib
import shutil
import subprocess
import sys
import venv

from forum.bootstrap import find_chromium
from tests.servers import ROOT

FOLDER = ROOT / "var" / "audit"
PACKAGES = {
    "vnu-jar": "26.9.27",
    "lighthouse": "12.8.2",  # the last that runs with Node 20
    "ical.js": "2.2.1",
    "schema-dts": "2.1.0",
    "sitemap": "9.0.1",
    "typescript": "5.9.3",  # what schema-dts is made for
}
PYTHON_PACKAGES = {"khal": "0.14.1", "vdirsyncer": "0.21.0", "xmlschema": "4.3.2"}
PROGRAMS = {"java": "Java (ab 11)", "node": "Node (ab 20)", "npm": "npm (ab 9)", "chromium": "Chromium", "uv": "uv"}


def missing(programs) -> list[str]:
    """Return what has to be installed, in German."""
    found = {name: find_chromium() if name == "chromium" else shutil.which(name) for name in programs}
    return [PROGRAMS[name] for name in PROGRAMS if name in found and not found[name]]


def package(name) -> pathlib.Path:
    """Return the folder of an npm package, installed in exactly the version above."""
    folder, version = FOLDER / "node_modules" / name, PACKAGES[name]
    described = folder / "package.json"
    if not described.exists() or json.loads(described.read_text())["version"] != version:
        FOLDER.mkdir(parents=True, exist_ok=True)
        print(f"▸ {name} {version} installieren (npm) …", flush=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", FOLDER]
        if subprocess.run([*command, f"{name}@{version}"], check=False).returncode:
            sys.exit(f"✗ npm konnte {name} nicht installieren: Bitte prüfen Sie Netz und freien Speicherplatz.")
    return folder


def python_with(*names) -> pathlib.Path:
    """Return a Python that has packages in exactly the versions above, in an environment beside ours."""
    python = FOLDER / "python" / "bin" / "python"
    wanted = [f"{name}=={PYTHON_PACKAGES[name]}" for name in names]
    frozen = ""
    if python.exists():
        frozen = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    if missed := [one for one in wanted if one not in frozen.splitlines()]:
        print(f"▸ {', '.join(missed)} installieren (pip) …", flush=True)
        venv.create(FOLDER / "python", with_pip=True)
        command = [python, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check", *missed]
        if subprocess.run(command, check=False).returncode:
            sys.exit("✗ pip konnte sie nicht installieren: Bitte prüfen Sie Netz und freien Speicherplatz.")
    return python
