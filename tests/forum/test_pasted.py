"""HTML of word processors that reaches the server without having passed the editor."""

import pytest

from forum.richtext import MOST_CHARACTERS, clean_html
from news.models import Article

WORD = (
    "<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
    "<span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt \"Times New Roman\"'>"
    "&nbsp;&nbsp; </span></span></span><![endif]>Eins<o:p></o:p></p>\n"
    "<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o"
    "<span>&nbsp; </span></span>Tief<o:p></o:p></p>\n"
    "<p class=MsoListParagraphCxSpLast style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1."
    "<span>&nbsp; </span></span>Nummer <b>fett</b></p><p class=MsoNormal>Danach</p>"
)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (
            WORD,
            "<ul><li><p>Eins</p><ul><li><p>Tief</p></li></ul></li></ul>"
            "<ol><li><p>Nummer <strong>fett</strong></p></li></ol><p>Danach</p>",
        ),
        ("<p>·&nbsp; a</p><p>• b</p><p>c</p>", "<ul><li><p>a</p></li><li><p>b</p></li></ul><p>c</p>"),
        ("<p>Mitte · Pankow</p>", "<p>Mitte · Pankow</p>"),
        ("<p class=MsoListParagraph>Nie geschlossen", "<p>Nie geschlossen</p>"),
        ("<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4>", "<h2>A</h2><h3>B</h3><h3>C</h3><h3>D</h3>"),
        ("<h3>A</h3><p>x</p><h2>B</h2><h3>C</h3>", "<h2>A</h2><p>x</p><h2>B</h2><h3>C</h3>"),
        ("<h2>A</h2><h4>B</h4>", "<h2>A</h2><h3>B</h3>"),
        ("<h3>A</h3>", "<h2>A</h2>"),
        ('<a title="<h1>">x</a><h1>A</h1>', '<a title="&lt;h1&gt;">x</a><h2>A</h2>'),
    ],
)
def test_lists_become_real_and_headings_stand_in_order(sent, stored):
    assert clean_html(sent) == stored
    assert clean_html(stored) == stored


@pytest.mark.parametrize("piece", ["<p class=MsoList", "<p class=MsoList>", "<span mso-list:ignore>", "<h1>", "<p>· "])
def test_hostile_repetition_costs_no_more_than_its_length(piece):
    assert "Mso" not in clean_html(piece * 100_000)  # a quadratic pattern would take hours


def test_a_text_of_ten_megabytes_is_refused_beside_its_field(desk):
    rows = ("picture_rows", "contact_rows", "attachment_rows", "links")
    form = {f"{prefix}-{name}_FORMS": "0" for prefix in rows for name in ("TOTAL", "INITIAL")}
    answer = desk.post("/redaktion/news/article/add/", form | {"title": "Viel", "text": "x" * 10_000_000})
    assert answer.status_code == 200
    (error,) = answer.context["adminform"].form.errors["text"]
    assert error.startswith("Dieser Text ist mit 10.000.000 Zeichen zu lang.")
    assert not Article.objects.exists()
    assert MOST_CHARACTERS < 10_000_000
