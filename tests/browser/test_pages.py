"""Every page type in a real browser: light and dark, narrow and wide, with and without script."""

import html
import re
import time

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from justhtml import JustHTML
from playwright.sync_api import expect

from forum.caching.pages import PLACE, entry_of, note_about
from forum.limits import too_many
from forum.views import server_error
from tests.browser.axe import violations
from tests.browser.pages import PAGES
from tests.browser.walk import unseen_steps
from tests.factories import make_picture

every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }"""  # WCAG 2.2, success criterion 1.4.12
ENLARGED = "html { font-size: 200% !important }"  # 1.4.4
CUT_OFF = """() => [...document.querySelectorAll('body *')]
    .filter(one => !one.closest('svg, .visually-hidden, .scroller') && !one.matches('.visually-hidden'))
    .filter(one => getComputedStyle(one).clipPath === 'none') // not for eyes
    .filter(one => ['hidden', 'clip'].includes(getComputedStyle(one).overflowX))
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 120))"""
STORED = """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
    (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]"""


def text(page):
    return re.sub(r"\s+", " ", page.evaluate("document.body.innerText"))


def check_all(page, without=()):
    """Nothing sticks out, and axe finds nothing, contrast as for AAA: light and dark, narrow and wide."""
    for width in (1280, 360, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "something sticks out"
        if width > 320:
            page.emulate_media(color_scheme="light")
            found = violations(page, strict=True)
            assert [one for one in found if one[0] not in without] == [], width
            page.emulate_media(color_scheme="dark")
            assert violations(page, only_colours=True, strict=True) == [], width


def check_forced_colours(page):
    """Forced colours keep what matters."""
    page.emulate_media(color_scheme="dark", forced_colors="active")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page, only_colours=True) == []
    ground = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    fills = page.evaluate(  # further down are those on a ground of their own
        """[...document.querySelectorAll(".mark circle, .placeholder__dot circle, .map__label")].slice(0, 9)
            .map(one => getComputedStyle(one).fill)"""
    )
    assert ground not in fills
    page.emulate_media(color_scheme="light", forced_colors="none")


def check_own_styles(page):
    """Text may be spaced and enlarged, as by a reader's own style sheet: past the policy, which blocks <style>."""
    for width, rules in ((320, SPACING), (1280, ENLARGED)):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(
            "rules => { const own = new CSSStyleSheet(); own.replaceSync(rules); document.adoptedStyleSheets = [own] }",
            rules,
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "something sticks out"
        assert page.evaluate(CUT_OFF) == []


def check_discretion(page, site):
    """Nothing is stored, of whatever page of the site opened before in this window, and nobody else was asked."""
    assert page.evaluate(STORED) == [0] * 5
    assert page.context.cookies() == []
    assert [url for url in page.asked if not url.startswith(site.address + "/")] == []


@every_page
def test_nothing_is_wrong_with_it(open_page, path, site):
    page = open_page(path, painted=False)
    assert page.answer.status == (404 if path == PAGES["not found"] else 200)
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert page.title().endswith("– Innovationsforum")
    assert page.evaluate("blocked") == [], "by the Content-Security-Policy"
    assert text(open_page(path, script=False, painted=False)) == text(page)
    check_discretion(page, site)
    check_all(page)
    check_forced_colours(page)
    check_own_styles(page)
    JustHTML(site.get(path)[1], strict=True)  # raises at the first error of HTML
    assert [problem for problem in page.problems if page.answer.status == 200 or "404" not in problem] == []


def test_the_judge_misses_no_lack_of_contrast(open_page):
    page = open_page(PAGES["not found"], painted=False)
    wrong = ("#999", ["color-contrast"]), ("#666", ["color-contrast-enhanced"])
    for colour, broken in (("#222", []), *wrong, ("#222", []), *wrong):
        page.locator("h1 + p").evaluate("(one, color) => Object.assign(one.style, { color, fontSize: '16px' })", colour)
        for only_colours in (False, True):
            found = violations(page, only_colours=only_colours, strict=True)
            assert [rule for rule, _ in found] == broken, colour


@pytest.mark.parametrize(
    "ground",
    [
        "document.querySelector('main').style.background = '#555'",
        "Object.assign(document.querySelector('h1').style, { position: 'relative' }), "
        "document.querySelector('main').prepend(document.createElement('div')), "
        "Object.assign(document.querySelector('main > div').style, { position: 'absolute', inset: 0, background: '#555' })",
        "document.querySelector('main').style.opacity = 0.3",
    ],
    ids=["around", "behind", "faded"],
)
def test_the_judge_remembers_contrast_only_for_its_ground(open_page, ground):
    page = open_page(PAGES["not found"], painted=False)
    assert violations(page) == []
    page.evaluate(ground)
    for only_colours in (False, True):
        assert "color-contrast" in [rule for rule, _ in violations(page, only_colours=only_colours)]


FORM = {"title": "Mühsam geschrieben", "text": f"<p>{'Sehr viel Text. ' * 20}</p>", "csrfmiddlewaretoken": "x"}


def broken(request, error) -> str:
    """What somebody gets whose request ends with this error."""
    try:
        raise error
    except type(error):
        return server_error(request).content.decode()


def unsaved(rf):
    request = rf.post("/redaktion/news/article/add/", FORM)
    request._dont_enforce_csrf_checks = True
    return broken(request, OperationalError())


IN_TROUBLE = {
    **{
        name: lambda rf, name=name: render_to_string(f"{name}.html", {"request": rf.get("/")})
        for name in ("400", "403", "403_csrf", "405", "413")
    },
    "429": lambda rf: too_many(rf.get("/suche/?q=a"), 51).content.decode(),
    "429, form": lambda rf: too_many(rf.post("/eintrag-pruefen/x/", FORM), 600).content.decode(),
    "500": lambda rf: broken(rf.get("/"), ValueError()),
    "503": lambda rf: broken(rf.get("/suche/?q=a"), OperationalError()),
    "503, form": unsaved,
}


@pytest.mark.parametrize("name", IN_TROUBLE)
def test_pages_in_trouble_are_for_everyone_too(open_page, name, rf):
    page, answer = open_page(PAGES["not found"], painted=False), IN_TROUBLE[name](rf)
    JustHTML(answer, strict=True)
    page.set_content(answer, wait_until="load")
    for summary in page.locator("summary").all():
        summary.evaluate("one => one.parentElement.open = true")
    check_all(page)
    assert page.locator("h1").evaluate("one => getComputedStyle(one).fontWeight") == "750", "without its style sheet"
    page.set_viewport_size({"width": 1280, "height": 2000})
    gaps = page.evaluate("""() => [...document.querySelector("main").children].map(one => one.getBoundingClientRect())
        .map((one, n, all) => n ? one.top - all[n - 1].bottom : 0)""")
    assert max(gaps) < 50, "what is short is not pulled apart"
    assert unseen_steps(page) == []


def test_an_old_page_says_so_without_barriers(open_page, site):
    """The note on stored pages while the database is away (docs/cache.md)."""
    page, text = open_page(PAGES["not found"], painted=False), site.get(PAGES["directory"])[1]
    entry = entry_of("1", time.time(), 0, {}, [], text.encode())
    assert text.count(PLACE.decode()) == 1
    text = text.replace(PLACE.decode(), note_about(entry))
    JustHTML(text, strict=True)
    page.set_content(text, wait_until="load")
    check_all(page)
    check_forced_colours(page)
    check_own_styles(page)


def test_every_component_is_right_in_every_state(open_page, client, settings, db):
    """Pages of the demo lack some: pagination, several days, absence, long words, several tables."""
    settings.DEBUG = True
    make_picture()
    page = open_page(PAGES["not found"], painted=False)
    page.set_content(client.get("/bausteine/").content.decode(), wait_until="load")
    check_all(page, without=["landmark-unique", "landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo"])


@pytest.mark.parametrize("name", ["article", "event", "programme item", "person", "page"])
def test_staff_see_their_banner_without_barriers(desk_to_read, name):
    desk_to_read.goto(PAGES[name])
    expect(desk_to_read.locator(".banner")).to_be_visible()
    check_all(desk_to_read)


def test_a_phone_shows_what_when_where_and_for_whom_at_once(open_page):
    """Within the first screen of a phone, as the brief asks."""
    page = open_page(PAGES["event"], width=360, height=780, painted=False)
    for word in ("Wann", "Ort", "Für wen"):
        bottom = page.locator(".facts div", has=page.get_by_text(word, exact=True)).bounding_box()
        assert bottom["y"] + bottom["height"] <= 780, word
    page = open_page("/", width=360, height=780, painted=False)
    meta = page.locator(".next .row__meta").bounding_box()
    assert meta["y"] + meta["height"] <= 780


@pytest.mark.parametrize("name", ["article", "event, past"])
def test_lines_are_as_long_as_eyes_like(open_page, name):
    page = open_page(PAGES[name], painted=False)
    lines = page.locator(".prose p, .row__text, p.lead").evaluate_all(
        """all => all.flatMap(one => {
            const lines = {}, range = document.createRange()
            const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT)
            while (walk.nextNode()) for (let i = 0; i < walk.currentNode.length; i++) {
                range.setStart(walk.currentNode, i); range.setEnd(walk.currentNode, i + 1)
                const line = Math.round(range.getBoundingClientRect().bottom)
                lines[line] = (lines[line] || 0) + 1
            }
            return Object.values(lines).slice(0, -1) // the last one is as long as it is
        })"""
    )
    assert len(lines) > 3
    assert 50 <= sum(lines) / len(lines) <= 70, lines


def test_a_word_without_an_end_widens_no_page(open_page):
    page = open_page(PAGES["news list"], width=320, painted=False)
    address = "https://www.beispielverein-mit-langem-namen.example/" + "unterlagen" * 9
    parts = {"news list": [".row__title a", ".row__text", ".row__meta > *"], "event": [".downloads__title", ".participants li",
             ".facts dd", ".item__title", ".person__text p", "p.lead", ".subtitle", "h1"], "directory": [".person__name a", ".districts__who"]}  # fmt: skip
    for name, selectors in parts.items():
        page.goto(PAGES[name])
        for selector in selectors:
            page.locator(selector).first.evaluate("(one, text) => { one.textContent = text }", address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, selector


@pytest.fixture(scope="module")
def addresses(site):
    """Every public address, found by walking the whole site by its links, as a reader could: address → status, headers."""
    waiting, found = ["/", PAGES["not found"]], {}
    while waiting:
        address = waiting.pop()
        *found[address], page = site.ask(address)
        for href in set(re.findall(r'href="([^"]*)"', page)):
            href = html.unescape(href).removeprefix(site.address)
            if href.startswith("/"):
                local = href.partition("#")[0]
                if local not in found and local not in waiting and not local.startswith("/redaktion/"):
                    waiting.append(local)
            else:
                assert re.match(
                    r"(https://|webcal://127\.0\.0\.1:\d+/veranstaltungen/kalender\.ics|data:image/svg\+xml,|mailto:[^\s?@]+@[^\s?@]+(\?subject=[^\s&]+&body=[^\s&]+)?$|mailto:\?subject=[^\s&]+&body=[^\s&]+$|tel:\+\d+$|#(inhalt|anfahrt)$)",
                    href,
                ), (address, href)
    return found


def test_every_link_of_the_site_leads_somewhere(addresses):
    assert {address: status for address, (status, _) in addresses.items() if status != 200} == {PAGES["not found"]: 404}
    assert len(addresses) > 60


def test_no_public_address_sets_a_cookie_or_may_ask_anybody_else(addresses):
    """What each type of page really does is seen above (check_discretion); the policy lets none do more."""
    pages = 0
    for address, (_, headers) in addresses.items():
        assert "Set-Cookie" not in headers, address
        if headers["Content-Type"].startswith("text/html"):
            allowed = re.findall(r"(default|connect|font|form|img|manifest|object|script|style)-\S+ ([^;]+)", headers["Content-Security-Policy"])  # fmt: skip
            assert len(allowed) == 9, address
            sources = {source for _, sources in allowed for source in sources.split()}
            assert sources == {"'none'", "'self'", "data:", "'inline-speculation-rules'"}, address
            pages += 1
    assert pages > 60


def test_the_first_tab_leads_to_the_content(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhalt"


def test_a_filter_is_set_and_removed_without_script(open_page, site):
    page = open_page("/aktuelles/", script=False, width=360)
    page.get_by_text("Filtern nach Thema, Art und Jahr").click()
    page.get_by_role("link", name="Berichte 1 Beitrag", exact=True).click()
    expect(page).to_have_url(f"{site.address}/aktuelles/?art=berichte")
    expect(page.locator(".row__title")).to_have_text(["Beispiel: Wirkung zeigen, ohne Zahlen zu jagen"])
    expect(page.get_by_role("status")).to_have_text("1 Beitrag: Berichte")
    page.get_by_role("link", name="Art: Berichte").click()
    expect(page).to_have_url(f"{site.address}/aktuelles/")
    expect(page.locator(".row__title").filter(has_text="Paritätisch Nachhaltig")).to_be_visible()


def test_the_whole_row_leads_to_the_article_and_topics_stay_links(open_page):
    page = open_page("/aktuelles/")
    row = page.locator(".row", has_text="Wirkung zeigen")
    row.click(position={"x": 5, "y": 60})
    expect(page).to_have_url(re.compile("/aktuelles/beispiel-wirkung-zeigen/$"))
    page.go_back()
    row.get_by_role("link", name="Wirkung", exact=True).click()
    expect(page).to_have_url(re.compile(r"/aktuelles/\?thema=wirkung$"))


def test_pictures_are_modern_and_fit_the_telephone(open_page):
    page = open_page(PAGES["article"], width=360, density=2)
    chosen = page.locator("figure img").evaluate(
        "image => image.decode().then(() => [image.currentSrc, image.naturalWidth])"
    )
    assert chosen[0].endswith(".avif")
    before = page.locator("figure img").bounding_box()
    assert abs(before["width"] / before["height"] - 1.5) < 0.01


def test_german_needs_one_font_and_other_letters_fetch_theirs(open_page):
    page = open_page("/")

    def fonts():
        page.evaluate("document.fonts.ready.then(() => true)")
        return [re.search(r"/fonts/([a-z-]+)\.", url).group(1) for url in page.asked if "/fonts/" in url]

    assert fonts() == ["atkinson-german"]
    for letters, font in (
        ("Straße „Über“ – 5 € × 3", None),
        ("Piñata", "atkinson-latin"),
        ("Łódź", "atkinson-latin-ext"),
    ):
        asked = len(fonts())
        page.locator("h1").evaluate(
            "(one, letters) => { one.textContent = letters; one.getBoundingClientRect() }", letters
        )
        assert fonts()[asked:] == ([font] if font else []), letters
