"""A hand at the desk whose work is counted, by what the browser itself notices."""

from dataclasses import dataclass

from playwright.sync_api import expect

WITNESS = """for (const kind of ["pointerdown", "keydown"])
  addEventListener(kind, (event) => event.isTrusted && witnessed(kind, event.key || ""), { capture: true })"""
HELD = {"Control", "Shift", "Alt", "Meta"}  # keys that do nothing by themselves


@dataclass
class Work:
    clicks: int = 0
    loads: int = 0  # documents in the window itself, the first included
    dialogs: int = 0  # of the system: file choosers, alerts
    keys: int = 0  # pressed by hand, shortcuts as one, pasted text not

    def __str__(self):
        return f"{self.clicks} clicks, {self.loads} page loads, {self.dialogs} dialogs, {self.keys} keystrokes"


class Hand:
    """Mouse and keyboard in front of a fresh window; there is no other way to act, so nothing is uncounted.

    Args:
        page: nothing was opened in it yet; to look at what it shows, `page.locator` and its like stay free.
    """

    def __init__(self, page):
        self.page, self.work = page, Work()
        page.expose_binding("witnessed", self.witness)
        page.add_init_script(WITNESS)
        page.on("domcontentloaded", lambda _: self.add("loads"))
        page.on("dialog", self.asked)

    def add(self, name):
        setattr(self.work, name, getattr(self.work, name) + 1)

    def witness(self, source, kind, key):
        if kind == "pointerdown":
            self.add("clicks")
        elif key not in HELD:
            self.add("keys")

    def asked(self, dialog):
        self.add("dialogs")
        dialog.accept()

    def open(self, path):
        self.page.goto(path)

    def click(self, target):
        target.click()

    def type(self, text):
        self.page.keyboard.type(text)

    def press(self, keys):
        self.page.keyboard.press(keys)

    def paste(self):
        self.press("ControlOrMeta+V")

    def upload(self, button, file):
        """Press what opens the system's file chooser, and choose."""
        with self.page.expect_file_chooser() as chooser:
            self.click(button)
        self.add("dialogs")
        chooser.value.set_files(file)

    def replace(self, target, text):
        """Go into a field and type over what is there."""
        self.click(target)
        self.press("ControlOrMeta+A")
        self.type(text)
        expect(target).to_have_value(text)


def copy(context, html):
    """Somebody marks a whole page elsewhere and copies it."""
    source = context.new_page()
    source.set_content(html)
    source.keyboard.press("ControlOrMeta+A")
    source.keyboard.press("ControlOrMeta+C")
    source.close()
