"""What people take along, read by the programs they use: calendars, address cards, feeds, JSON-LD, sitemap.

An event that moves and one that is off are replayed through a real client (vdirsyncer and khal): the entry has to
change, not to double.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import feedparser

from tests.audit.tools import package, python_with
from tests.browser.pages import PAGES
from tests.servers import ROOT

TITLE = "Formate"
NOTE = "gelesen von ical.js, khal, vdirsyncer, feedparser, schema-dts und nach dem Schema von sitemaps.org"
NEEDS = ("node", "npm")
COLUMNS = {"Teile": ("{}", min), "Beanstandungen": ("{}", max)}
CALENDARS = {
    "calendar": "/veranstaltungen/kalender.ics",
    "calendar of a format": "/veranstaltungen/kalender.ics?format=online",
    "calendar of a topic": "/veranstaltungen/kalender.ics?thema=wirkung",
    "calendar of an event": f"{PAGES['event']}termin.ics",
}
CARDS = {"vCard": f"{PAGES['person']}kontakt.vcf", "vCards of a district": f"{PAGES['district']}kontakte.vcf"}
FEEDS = {"Atom": "/aktuelles/feed/", "RSS": "/aktuelles/feed.rss", "Atom, filtered": "/aktuelles/feed/?thema=wirkung"}
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def judge(portal, pages):
    """Yield (file, figures, misses); of the pages only their JSON-LD is judged."""
    with tempfile.TemporaryDirectory(prefix="portal-audit-formats-") as name:
        folder = pathlib.Path(name)
        for label, path in (CALENDARS | CARDS).items():
            yield verdict(label, *parsed(folder, portal.get(path)[1]))
        for label, parts, misses in replayed(folder, portal):
            yield verdict(label, parts, misses)
        for label, path in FEEDS.items():
            yield verdict(label, *fed(portal.get(path)[1]))
        yield verdict("JSON-LD", *typed(folder, pages))
        yield verdict("sitemap", *mapped(folder, portal))


def verdict(label, parts, misses):
    return label, {"Teile": parts, "Beanstandungen": len(misses)}, misses if parts else [*misses, "nichts darin"]


def run(*command, **options):
    """(output, complaints) of a program; complaints are its last lines if it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)
    return done.stdout, (done.stderr or done.stdout).strip().splitlines()[-5:] if done.returncode else []


def parsed(folder, text):
    """Calendar or vCards, read by ical.js as strictly as it can."""
    file = folder / "taken"
    file.write_text(text, encoding="utf-8", newline="")
    script = ROOT / "tests" / "audit" / "ical.mjs"
    output, misses = run("node", script, package("ical.js") / "dist" / "ical.js", file)
    said = json.loads(output or '{"parts": 0, "misses": []}')
    return said["parts"], [*misses, *said["misses"]]


def replayed(folder, portal):
    """Move one event and call off another; what a subscriber (vdirsyncer) and somebody who imports again (khal) have then.

    Yields (label, parts, misses) for both.
    """
    subscribed, imported = folder / "subscribed", folder / "imported"
    python, calendar = python_with("vdirsyncer", "khal"), CALENDARS["calendar"]
    (folder / "vdirsyncer.conf").write_text(
        f"[general]\nstatus_path = {json.dumps(str(folder / 'status'))}\n"
        '[pair portal]\na = "there"\nb = "here"\ncollections = null\nconflict_resolution = "a wins"\n'
        f'[storage there]\ntype = "http"\nurl = {json.dumps(portal.address + calendar)}\n'
        f'[storage here]\ntype = "filesystem"\npath = {json.dumps(str(subscribed))}\nfileext = ".ics"\n'
    )
    (folder / "khal.conf").write_text(
        f"[calendars]\n[[portal]]\npath = {imported}\n[sqlite]\npath = {folder / 'khal.db'}\n"
        "[locale]\nlocal_timezone = Europe/Berlin\ndefault_timezone = Europe/Berlin\n"
        "timeformat = %H:%M\ndateformat = %d.%m.\nlongdateformat = %d.%m.%Y\n"
        "datetimeformat = %d.%m. %H:%M\nlongdatetimeformat = %d.%m.%Y %H:%M\n"
    )
    sync = [python, "-m", "vdirsyncer", "--config", folder / "vdirsyncer.conf"]
    khal = [python, "-m", "khal", "--config", folder / "khal.conf"]
    subscribed.mkdir()
    imported.mkdir()
    misses = {subscribed: run(*sync, "discover")[1], imported: []}

    def take():
        misses[subscribed] += run(*sync, "sync")[1]
        (folder / "taken.ics").write_text(portal.get(calendar)[1], encoding="utf-8", newline="")
        misses[imported] += run(*khal, "import", "--batch", folder / "taken.ics")[1]
        return {place: len(list(place.glob("*.ics"))) for place in misses}  # khal leaves files of its own beside them

    before = take()
    change_two_coming(portal)
    after = take()
    for place, said in misses.items():
        texts = [file.read_text(encoding="utf-8") for file in place.glob("*.ics")]
        if after[place] != before[place]:
            said.append(f"Aus {before[place]} Einträgen wurden {after[place]}.")
        for title in ("SUMMARY:[ABGESAGT]", "SUMMARY:[NEUER TERMIN]"):
            if not any(title in text for text in texts):
                said.append(f"Nicht angekommen: {title}")
    shown, complaints = run(*khal, "list", "--format", "{title}", "01.01.2020", "8000d")
    misses[imported] += complaints or [
        f"khal zeigt nicht: {w}" for w in ("[ABGESAGT]", "[NEUER TERMIN]") if w not in shown
    ]
    yield "calendar, subscribed", after[subscribed], misses[subscribed]
    yield "calendar, imported again", after[imported], misses[imported]


def change_two_coming(portal):
    """Call off one coming event that takes place, and move another one by a day."""
    change = """
from datetime import timedelta
from events.models import Event
coming = Event.objects.published().upcoming().filter(status="planned").exclude(title__startswith="[")
off, moved = coming.order_by("-starts_at")[:2]
off.status = "cancelled"; off.save()
moved.status, moved.previous_starts_at = "postponed", moved.starts_at
moved.starts_at += timedelta(days=1); moved.ends_at = None; moved.save()
"""
    _, misses = run(sys.executable, "manage.py", "shell", "-c", change, cwd=ROOT, env=portal.environment)
    assert not misses, misses


def fed(text):
    found = feedparser.parse(text.encode())
    misses = [repr(found.bozo_exception)] if found.bozo else []
    misses += [f"Dem Feed fehlt {name}." for name in ("title", "link", "language") if not found.feed.get(name)]
    for entry in found.entries:
        needed = ("id", "title", "link", "summary", "published_parsed")
        misses += [f"{entry.get('title')}: {name} fehlt" for name in needed if not entry.get(name)]
    if len({entry.get("id") for entry in found.entries}) < len(found.entries):
        misses.append("Eine Kennung kommt zweimal vor.")
    return len(found.entries), misses


def typed(folder, pages):
    """The JSON-LD of all pages, typed by schema-dts and checked by the TypeScript compiler."""
    package("schema-dts"), package("typescript")
    modules = folder / "node_modules"
    modules.symlink_to(package("schema-dts").parent)
    names = {}
    for number, page in enumerate(pages):
        for part, text in enumerate(DATA.findall(page.html)):
            file = folder / f"page{number}_{part}.ts"
            data = json.loads(text)
            action = data.pop("potentialAction", None)  # what it takes in (“query-input”) has a type of its own
            if action:
                text = f"{json.dumps(data)[:-1]}, potentialAction: action}}"
            name = "Graph" if "@graph" in data else "WithContext<Thing>"
            file.write_text(
                'import type { Graph, SearchAction, Thing, WithActionConstraints, WithContext } from "schema-dts"\n'
                f"const action: WithActionConstraints<SearchAction> | undefined = {json.dumps(action) if action else 'undefined'}\n"
                f"export const data: {name} = {text}\n"
            )
            names[file.name] = page.name
    (folder / "package.json").write_text('{"type": "module"}')
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"]
    compiler = package("typescript") / "bin" / "tsc"
    output, misses = run("node", compiler, *options, *[folder / name for name in names], cwd=folder)
    said = [line for line in output.splitlines() if "error TS" in line]
    for file, name in names.items():
        said = [line.replace(file, f"{name}, {file}") for line in said]
    return len(names), said or misses


XSD = """
import json, sys, xmlschema
from xml.etree import ElementTree
OWN = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
schema, misses, parts = xmlschema.XMLSchema(sys.argv[1]), [], 0
for file in sys.argv[2:]:
    root = ElementTree.parse(file).getroot()
    for url in root:  # pictures and news have schemas of their own
        parts += 1
        for child in list(url):
            if not child.tag.startswith(OWN): url.remove(child)
    misses += [str(error.reason) for error in schema.iter_errors(root)]
print(json.dumps([parts, misses]))
"""


def mapped(folder, portal):
    """Every section of the sitemap against the schema of sitemaps.org, which the npm package `sitemap` carries."""
    index = portal.get("/sitemap.xml")[1]
    addresses = re.findall(r"<loc>([^<]*)</loc>", index)
    files = []
    for number, address in enumerate(addresses):
        file = folder / f"sitemap{number}.xml"
        file.write_text(portal.get("/" + address.split("/", 3)[3].replace("&amp;", "&"))[1], encoding="utf-8")
        files.append(file)
    schema = shutil.copy(package("sitemap") / "schema" / "sitemap.xsd", folder)
    output, misses = run(python_with("xmlschema"), "-c", XSD, schema, *files)
    parts, found = json.loads(output or "[0, []]")
    return parts, [*misses, *found]
