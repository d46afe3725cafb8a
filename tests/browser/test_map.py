"""The map of the districts: links that a finger hits and a keyboard follows."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import PAGES

# The largest square inside of each link, in CSS pixels, where nothing else takes the press; of more than 24 any.
LARGEST_SQUARES = """map => {
    map.scrollIntoView({ block: "center" })
    return Object.fromEntries([...map.querySelectorAll("a")].map(link => {
        const box = link.getBoundingClientRect()
        let largest = 0, above = []
        for (let y = box.top + 0.5; y < box.bottom && largest < 24; y++) {
            const row = []
            for (let x = box.left + 0.5; x < box.right; x++) {
                const free = document.elementFromPoint(x, y)?.closest("a") === link, at = row.length
                row.push(free ? 1 + Math.min(row[at - 1] ?? 0, above[at] ?? 0, above[at - 1] ?? 0) : 0)
                largest = Math.max(largest, row[at])
            }
            above = row
        }
        return [link.getAttribute("aria-label").split(":")[0], largest]
    }))
}"""


@pytest.mark.parametrize("width", [360, 1000])
def test_each_district_is_large_enough_for_a_finger(open_page, width):
    squares = open_page(PAGES["directory"], width=width, painted=False).locator(".map").evaluate(LARGEST_SQUARES)
    assert len(squares) == 12
    assert {name: size for name, size in squares.items() if size < 24} == {}


def test_a_keyboard_follows_it(open_page, site):
    page = open_page(PAGES["directory"], width=360)
    page.get_by_role("link", name="Friedrichshain-Kreuzberg:").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.address}/kontakt/friedrichshain-kreuzberg/")
    expect(page.locator(".map a[aria-current=page]")).to_have_accessible_name(
        "Friedrichshain-Kreuzberg: zurzeit nicht besetzt"
    )
