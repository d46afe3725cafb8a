"""The mark wherever it is drawn: pages, icons, placeholders."""

import math
import re
from itertools import combinations
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Context, Template
from django.template.loader import render_to_string
from PIL import Image, ImageChops

from forum import mark

IMAGES = settings.ROOT / "static" / "img"
DRAWN = [
    "apple-touch-icon.png",
    "favicon.ico",
    "favicon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable-512.png",
    "social.png",
]
KNOWN = {
    "dots": [
        (17.4, 47.3, 8.1),
        (36.0, 35.8, 7.1),
        (54.6, 30.8, 6.2),
        (71.5, 30.8, 5.5),
        (85.9, 34.2, 4.8),
        (97.7, 39.5, 4.2),
        (107.1, 46.0, 3.7),
    ],
    "one": 4,
    "colours": 1,
}
SLUGS = [f"beitrag-{number}" for number in range(600)]


@pytest.fixture(scope="module")
def drawn_anew(tmp_path_factory):
    folder = tmp_path_factory.mktemp("icons")
    call_command("icons", folder=folder)
    return folder


def circles(page):
    return re.findall(r'<circle(?: class="(\w+)")? cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', page)


def test_the_mark_has_seven_dots_and_one_accent():
    dots = circles(render_to_string("components/mark.html"))
    assert dots == [
        ("", "6", "27", "4.5"),
        ("", "8.9", "16", "4.5"),
        ("", "17", "7.9", "4.5"),
        ("", "28", "5", "4.5"),
        ("mark__one", "39", "7.9", "4.5"),
        ("", "47.1", "16", "4.5"),
        ("", "50", "27", "4.5"),
    ]


def test_one_chair_can_be_missing():
    dots = circles(render_to_string("components/mark.html", {"empty": True}))
    assert len(dots) == 6
    assert not any(name for name, *_ in dots)


def test_files_and_numbers_agree(drawn_anew):
    assert sorted(path.name for path in drawn_anew.iterdir()) == DRAWN
    for name in DRAWN:
        if name.endswith(".svg"):
            assert (drawn_anew / name).read_text() == (IMAGES / name).read_text()
            continue
        with Image.open(drawn_anew / name) as new, Image.open(IMAGES / name) as kept:
            assert new.size == kept.size
            difference = ImageChops.difference(new.convert("RGBA"), kept.convert("RGBA"))
            assert max(high for _, high in difference.getextrema()) < 48, name  # smooth edges may differ a little


def test_icons_are_small_and_of_the_right_size():
    for name, side in (("apple-touch-icon", 180), ("icon-192", 192), ("icon-512", 512), ("icon-maskable-512", 512)):
        path = IMAGES / f"{name}.png"
        with Image.open(path) as icon:
            assert icon.size == (side, side)
            assert icon.convert("RGBA").getextrema()[3] == (255, 255), "a phone would fill what is transparent"
        assert path.stat().st_size < 6_000
    with Image.open(IMAGES / "favicon.ico") as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert (IMAGES / "favicon.ico").stat().st_size < 6_000
    assert (IMAGES / "social.png").stat().st_size < 60_000


def test_the_maskable_icon_stays_in_its_safe_circle():
    with Image.open(IMAGES / "icon-maskable-512.png") as icon:
        pixels = icon.convert("L").point(lambda shade: 255 if shade < 230 else 0)
    left, top, right, bottom = pixels.getbbox()
    furthest = max(math.dist((x, y), (256, 256)) for x in (left, right) for y in (top, bottom))
    assert furthest <= 0.4 * 512


def test_whoever_asks_for_favicon_ico_gets_it(client):
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/img/favicon.ico")
    assert "max-age" in response["Cache-Control"]
    assert client.post("/favicon.ico").status_code == 405


def test_the_manifest_names_icons_that_exist(client):
    response = client.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    manifest = response.json()
    assert manifest["lang"] == "de"
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "browser"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"


def test_every_icon_link_leads_somewhere(client):
    page = render_to_string("components/icons.html")
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == 4
    for link in links:
        if link.startswith("data:image/svg+xml,"):
            assert unquote(link).endswith((settings.ROOT / "static" / "img" / "favicon.svg").read_text())
        elif link.startswith("/static/"):
            assert finders.find(link.removeprefix("/static/")), link
        else:
            assert client.get(link).status_code == 200
    assert f'content="{mark.PAPER}" media="(prefers-color-scheme: light)"' in page


def shown(slug):
    return Template("{% placeholder slug %}").render(Context({"slug": slug}))


def test_a_placeholder_is_the_same_for_ever():
    assert mark.placeholder("paritaetisch-nachhaltig") == KNOWN
    assert circles(shown("paritaetisch-nachhaltig"))[-1][0] == "placeholder__one"


def test_a_placeholder_is_light_and_has_no_colour_of_its_own():
    for slug in SLUGS:
        page = shown(slug)
        assert len(page.encode()) < 700
        assert len(circles(page)) == 7
        assert "style" not in page
        assert "#" not in page
        assert 'aria-hidden="true"' in page


def test_dots_of_a_placeholder_stay_inside_and_apart():
    for slug in SLUGS:
        dots = mark.placeholder(slug)["dots"]
        assert len(dots) == 7
        for x, y, r in dots:
            assert r >= 2.5
            assert 8 <= x - r < x + r <= 112
            assert 8 <= y - r < y + r <= 72
        for (x, y, r), (other_x, other_y, other_r) in combinations(dots, 2):
            assert math.dist((x, y), (other_x, other_y)) > r + other_r


def test_placeholders_differ():
    shapes = [mark.placeholder(slug) for slug in SLUGS]
    assert {shape["colours"] for shape in shapes} == set(range(6))
    assert {shape["one"] for shape in shapes} == set(range(7))
    assert len({tuple(shape["dots"]) for shape in shapes}) > 590
