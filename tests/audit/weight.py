"""Bytes and requests of every page type on a first visit with a phone, against the budgets of the brief."""

from playwright.sync_api import sync_playwright

from forum.bootstrap import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.weight import LIMITS, misses, sizes, weigh

TITLE = "Gewicht in Bytes"
NOTE = f"gepackt, bis zum Ende gerollt; höchstens {', '.join(f'{kind} {limit}' for kind, limit in LIMITS.items())}"
NEEDS = ("chromium",)
COLUMNS = dict.fromkeys((*LIMITS, "mit Kopfzeilen", "Abfragen"), ("{}", max))


def judge(portal, pages):
    """Yield (page, figures, misses); the last but one figure is everything that travelled, pictures included."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for page in pages:
            answers = weigh(browser, portal.address + page.path)
            total = sizes(answers)
            figures = {kind: total[kind] for kind in LIMITS}
            figures["mit Kopfzeilen"] = sum(answer.transferred for answer in answers)
            figures["Abfragen"] = len(answers)
            yield page.name, figures, misses(answers)
        browser.close()
