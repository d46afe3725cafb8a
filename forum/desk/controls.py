"""What a browser would send for a piece of a form, and how it reads: asked of the rendered form itself.

So it holds for every widget, those made of several inputs included.
"""

import re
from html import unescape
from html.parser import HTMLParser

NOT_SENT = {"submit", "button", "reset", "image", "file"}
BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|tr|blockquote)>|<br ?/?>")
TAG = re.compile(r"<[^<>]*>")


class Controls(HTMLParser):
    """Reads rendered widgets.

    Attributes:
        pairs: [(name, value)] in the order a browser sends them.
        words: what a person sees in the controls: texts, chosen options, “ja”.
    """

    def __init__(self, html: str):
        super().__init__()
        self.pairs, self.words = [], []
        self.textarea = self.select = self.option = self.label = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input":
            self.read_input(attrs)
        elif tag == "textarea":
            self.textarea = (attrs.get("name", ""), [])
        elif tag == "select":
            self.select = {"name": attrs.get("name", ""), "many": "multiple" in attrs, "first": None, "chosen": 0}
        elif tag == "option" and self.select:
            self.option = (attrs.get("value"), "selected" in attrs, [])

    def read_input(self, attrs):
        name, kind, value = attrs.get("name"), attrs.get("type", "text"), attrs.get("value") or ""
        if not name or kind in NOT_SENT:
            return
        if kind in {"checkbox", "radio"}:
            if "checked" in attrs:
                self.pairs.append((name, attrs.get("value", "on")))
                self.label = []
                if kind == "checkbox":
                    self.words.append("ja")
            return
        self.pairs.append((name, value))
        if kind != "hidden" and value:
            self.words.append(value)

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)
        elif self.option:
            self.option[2].append(data)
        elif self.label is not None:
            self.label.append(data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.textarea:
            name, value = self.textarea[0], re.sub(r"\A\r?\n", "", "".join(self.textarea[1]))
            self.pairs.append((name, value))
            self.words.append(value)
            self.textarea = None
        elif tag == "option" and self.option:
            self.end_option()
        elif tag == "select" and self.select:
            if not self.select["many"] and not self.select["chosen"] and self.select["first"] is not None:
                self.pairs.append((self.select["name"], self.select["first"][0]))
            self.select = None
        elif tag == "label" and self.label is not None:
            if "".join(self.label).strip():
                self.words.append("".join(self.label).strip())
            self.label = None

    def end_option(self):
        value, chosen, text = self.option
        text = "".join(text).strip()
        value = text if value is None else value
        self.option = None
        if self.select["first"] is None:
            self.select["first"] = (value, text)
        if chosen:
            self.select["chosen"] += 1
            self.pairs.append((self.select["name"], value))
            if value:
                self.words.append(text)


def plain(html: str) -> str:
    """Read rich text as lines of text, without marks."""
    lines = unescape(TAG.sub("", BLOCK_END.sub("\n", html))).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())
