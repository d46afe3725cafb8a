"""Say on a terminal how far something is; elsewhere, as in cron, keep quiet."""

import sys
import time

from django.template.defaultfilters import filesizeformat


class Progress:
    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.shown, self.width = 0.0, 0

    def __call__(self, doing: str, done: int = 0, of: int = 0):
        if not self.stream.isatty() or (time.monotonic() - self.shown < 0.1 and done != of):
            return
        self.shown = time.monotonic()
        share = f" {done * 100 // of} % von {filesizeformat(of)}" if of else " …"
        self.write(f"  {doing}{share}")

    def end(self):
        if self.stream.isatty():
            self.write("")
            self.stream.write("\r")

    def write(self, line):
        self.stream.write("\r" + line.ljust(self.width))
        self.stream.flush()
        self.width = len(line)
