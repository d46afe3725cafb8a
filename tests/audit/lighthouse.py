"""Google's Lighthouse on its mobile profile: 100 in all four groups, nothing jumps, the largest part is there soon.

An error page is judged without the two audits that only repeat that it is one, hits of our search without the one that
asks for their place in search engines.
"""

import json
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile

from forum.bootstrap import find_chromium
from tests.audit.tools import package

TITLE = "Lighthouse"
NOTE = "verlangt: 4 × 100, Sprung 0, LCP bis 1,2 s; eine Fehlerseite ohne die Prüfungen ihres Status"
NEEDS = ("node", "npm", "chromium")
GROUPS = {
    "performance": "Leistung",
    "accessibility": "Zugang",
    "best-practices": "Praxis",
    "seo": "Suche",
}
COLUMNS = dict.fromkeys(GROUPS.values(), ("{:.0f}", min))
COLUMNS |= {"Sprung": ("{:.3f}", max), "LCP (s)": ("{:.2f}", max), "TBT (ms)": ("{:.0f}", max)}
LONGEST_LCP = 1.2  # seconds
RUNS = 3  # for a page that is too slow at first: machines are noisy, and the median counts
UNLISTED = ("is-crawlable",)  # hits of the search are no pages for search engines
ERROR_PAGE = ("http-status-code", "errors-in-console")  # the console repeats the status


def judge(portal, pages):
    """Yield (page, figures, misses)."""
    for page in pages:
        skipped = ERROR_PAGE if page.status != 200 else UNLISTED if page.path.startswith("/suche/") else ()
        reports = [measure(portal.address + page.path, skipped)]
        if too_slow(figures_of(reports)):
            reports += [measure(portal.address + page.path, skipped) for _ in range(RUNS - 1)]
        reports = [report for report in reports if "runtimeError" not in report] or reports[:1]
        yield page.name, figures_of(reports), misses_of(reports)


def measure(url, skipped) -> dict:
    with tempfile.TemporaryDirectory(prefix="portal-lighthouse-") as folder:
        report = pathlib.Path(folder) / "report.json"  # a pipe would be cut off where Lighthouse ends itself
        command = ["node", package("lighthouse") / "cli" / "index.js", url, "--quiet", "--output=json"]
        command += [f"--output-path={report}", "--no-enable-error-reporting", "--disable-full-page-screenshot"]
        command += ["--chrome-flags=--no-sandbox --headless=new"]
        if skipped:
            command += ["--ignore-status-code", *(f"--skip-audits={audit}" for audit in skipped)]
        process = subprocess.Popen(
            command,
            env=os.environ | {"CHROME_PATH": find_chromium()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _, errors = process.communicate()
        except BaseException:
            process.send_signal(signal.SIGINT)  # Lighthouse ends its browser, which nobody else would
            process.wait()
            raise
        try:
            return json.loads(report.read_text())
        except (OSError, json.JSONDecodeError):
            return {"runtimeError": {"message": errors.strip()[-300:]}}


def figures_of(reports) -> dict[str, float]:
    """Return the medians of several reports of one page; nothing when there is none."""
    whole = [report for report in reports if "runtimeError" not in report]
    if not whole:
        return {}

    def median(figure):
        return statistics.median(figure(report) for report in whole)

    figures = {
        title: median(lambda report, group=group: 100 * (report["categories"][group]["score"] or 0))
        for group, title in GROUPS.items()
    }
    for title, audit, unit in (
        ("Sprung", "cumulative-layout-shift", 1),
        ("LCP (s)", "largest-contentful-paint", 1000),
        ("TBT (ms)", "total-blocking-time", 1),
    ):
        figures[title] = median(lambda report, audit=audit, unit=unit: report["audits"][audit]["numericValue"] / unit)
    return figures


def too_slow(figures) -> bool:
    return not figures or figures["Leistung"] < 100 or figures["LCP (s)"] > LONGEST_LCP


def misses_of(reports) -> list[str]:
    figures = figures_of(reports)
    if not figures:
        return [f"Lighthouse scheitert: {reports[0]['runtimeError']['message']}"]
    report = sorted(reports, key=lambda report: report["categories"]["performance"]["score"] or 0)[len(reports) // 2]
    found = [why(report, group) for group, title in GROUPS.items() if figures[title] < 100]
    if figures["Sprung"] > 0:
        found.append("beim Laden verschiebt sich etwas")
    if figures["LCP (s)"] > LONGEST_LCP:
        found.append(f"das Größte erscheint später als nach {LONGEST_LCP} s")
    if too_slow(figures):
        found.append(f"gemessen bei einer Last von {os.getloadavg()[0]:.1f} auf {os.cpu_count()} Kernen")
    return found


def why(report, group) -> str:
    """Name the audits of a group that cost points, with the first place each of them found."""
    causes = []
    for part in report["categories"][group]["auditRefs"]:
        audit = report["audits"][part["id"]]
        if part["weight"] and audit["score"] is not None and audit["score"] < 1:
            items = audit.get("details", {}).get("items", [])
            place = next((item["node"].get("snippet", "") for item in items if "node" in item), "")
            causes.append(f"{audit['title']} ({part['id']}) {audit.get('displayValue', '')} {place[:120]}".strip())
    return f"{GROUPS[group]}: {'; '.join(causes)}"
