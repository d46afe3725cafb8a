"""Generated hostile HTML against the cleaner, judged by a strict parser that is not the cleaner's own."""

import re
from html import escape

import justhtml
from hypothesis import example, given
from hypothesis import strategies as st

from forum.richtext import clean_html
from forum.templatetags.portal import richtext
from tests.fuzzing import bounded

ALLOWED = {  # element: attributes; what an editor can type, written down by hand
    "a": {"href", "title"}, "blockquote": set(), "br": set(), "em": set(), "h2": set(), "h3": set(), "li": set(), "ol": {"start", "type"},
    "p": set(), "span": {"lang"}, "strong": set(), "table": set(), "tbody": set(), "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"}, "tr": set(), "ul": set(), "html": set(), "head": set(), "body": set(),
}  # fmt: skip
SHOWN = {"data-address", "scope", "tabindex", "role", "aria-label", "class"}  # what the page adds
ELEMENTS = st.sampled_from(
    [*ALLOWED, "script", "style", "iframe", "svg", "math", "img", "object", "embed", "form", "input", "button", "template", "noscript",
     "textarea", "title", "xmp", "plaintext", "foreignObject", "mglyph", "annotation-xml", "base", "meta", "link", "video", "audio",
     "select", "option", "details", "marquee", "SCRIPT", "scr\x00ipt", "svg/onload=alert(1)", "x-y", "a:b", "table", "caption", "div"]
)  # fmt: skip
ADDRESSES = st.one_of(
    st.sampled_from(["https://example.org/", "/kontakt/", "mailto:a@b.de", "#x", "//evil.example", "verein.de"]),
    st.tuples(
        st.sampled_from(["", " ", "\t", "\x01", "\n", "&#9;", "&Tab;", "&#0;", "‎"]),
        st.sampled_from(["javascript:", "JaVaScRiPt:", "java\tscript:", "java&#10;script:", "&#106;avascript:", "data:text/html,",
                         "vbscript:", "blob:", "file:///", "view-source:", "javascript&colon;", "feed:javascript:"]),
        st.sampled_from(["alert(1)", "//%0aalert(1)", ""]),
    ).map("".join),
)  # fmt: skip
ATTRIBUTES = st.one_of(
    st.tuples(st.sampled_from(["href", "src", "xlink:href", "action", "formaction", "srcdoc", "style", "background", "poster"]), ADDRESSES),
    st.tuples(st.sampled_from(["onclick", "onerror", "ONLOAD", "onpointerrawupdate", "on\x00click", "/onclick", "autofocus onfocus"]),
              st.just("alert(1)")),
    st.tuples(st.sampled_from(["lang", "title", "id", "name", "class", "colspan", "start", "is", "slot", "xmlns", "nonce"]), st.text(max_size=8)),
)  # fmt: skip
QUOTES = st.sampled_from(['"', "'", "", "`"])


def opening(element, attributes, quote, end):
    written = "".join(f" {name}={quote}{value}{quote}" for name, value in attributes)
    return f"<{element}{written}{end}"


TAGS = st.builds(opening, ELEMENTS, st.lists(ATTRIBUTES, max_size=3), QUOTES, st.sampled_from([">", "/>", " >", ""]))
BREAKS = st.sampled_from(["<!--", "-->", "--!>", "<!-->", "]]>", "<![CDATA[", "<?xml", "</", "<", ">", "&lt;", "&#60;script&#62;", "\x00",
                          "</p", "<!doctype html>", "</script>", "</style>", "</title>", "</textarea>", "\ufeff", "<p\x0c"])  # fmt: skip
HTML = st.lists(
    st.one_of(
        TAGS, BREAKS, ELEMENTS.map(lambda name: f"</{name}>"), st.text(max_size=10), st.text(max_size=10).map(escape)
    ),
    max_size=12,
).map("".join)


def judge(html, allowed_anywhere=frozenset()):
    """Raise AssertionError for whatever could do something; a parse error of a strict parser is one too."""
    document = justhtml.JustHTML(html, fragment=True, strict=True, sanitize=False)
    for node in document.query("*"):
        name, attributes = node.name, node.attrs or {}
        assert name in ALLOWED or (name == "div" and allowed_anywhere), (name, html)
        assert set(attributes) <= ALLOWED.get(name, set()) | allowed_anywhere, (attributes, html)
        if address := attributes.get("href"):
            bare = re.sub(r"[\x00-\x20\x7f-\x9f\u200e]", "", address).lower()
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", bare)
            assert scheme is None or scheme[1] in ("http", "https", "mailto", "tel"), (address, html)


@bounded(700)
@given(html=HTML)
@example('<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">')
@example('<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">')
@example('<noscript><p title="</noscript><img src=x onerror=alert(1)>">')
@example("<a href='java\nscript:alert(1)'>x</a>")
@example("<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>")
@example("<p>a<p>b<table>c<tr>d")
def test_nothing_hostile_survives(html):
    clean = clean_html(html)
    judge(clean)
    assert clean_html(clean) == clean
    judge(richtext(clean), SHOWN)


@bounded(15)
@given(
    depth=st.integers(1, 600),
    element=st.sampled_from(["b", "ul", "ul><li", "table><tr><td", "blockquote", "span", "a href=/"]),
)
@example(3_000, "blockquote")
def test_deep_and_long_texts_end(depth, element):
    clean = clean_html(f"<{element}>" * depth + "x")
    assert clean_html(clean) == clean
