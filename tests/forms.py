"""Forms as a browser would send them back."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """Collects what the fields of a page hold; buttons and files are not sent along."""

    def __init__(self):
        super().__init__()
        self.fields, self.select, self.text = {}, None, None

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        name = facts.get("name")
        if tag == "input" and name and facts.get("type") not in ("submit", "file", "button"):
            if facts.get("type") not in ("checkbox", "radio") or "checked" in facts:
                self.fields.setdefault(name, []).append(facts.get("value", "on" if "checked" in facts else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in facts:
            self.fields.setdefault(self.select, []).append(facts.get("value", ""))
        elif tag == "textarea" and name:
            self.text = name
            self.fields[name] = [""]

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None

    def handle_data(self, data):
        if self.text:
            self.fields[self.text][0] += data


def filled_form(client, address, **changes) -> dict:
    """What the form at an address would send, with some fields changed."""
    response = client.get(address)
    assert response.status_code == 200, address
    reader = FormReader()
    reader.feed(response.content.decode())
    for name, (text, *_) in reader.fields.items():
        if text.startswith("\n"):
            reader.fields[name][0] = text[1:]  # browsers drop the line break that begins a text area
    unwanted = {name for name in reader.fields if "__prefix__" in name or name == "csrfmiddlewaretoken"}
    return {name: values for name, values in reader.fields.items() if name not in unwanted} | changes
