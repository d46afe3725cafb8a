"""The mark wherever it is drawn: pages, placeholders."""

import math
import re
from itertools import combinations

from django.template import Context, Template
from django.template.loader import render_to_string

from forum import mark

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
