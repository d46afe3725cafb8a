"""What the judges run on: programs of the machine, and npm packages in var/audit."""

import json
import pathlib
import shutil
import subprocess
import sys

from forum.bootstrap import find_chromium
from tests.servers import ROOT

FOLDER = ROOT / "var" / "audit"
PACKAGES = {
    "vnu-jar": "26.9.27",
    "lighthouse": "12.8.2",  # the last that runs with Node 20
}
PROGRAMS = {"java": "Java (ab 11)", "node": "Node (ab 20)", "npm": "npm (ab 9)", "chromium": "Chromium"}


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
