"""The mark wherever it is drawn."""

import re

from django.template.loader import render_to_string


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
