"""Who uses a portal while it is measured: readers, each over a new connection, and a member of staff at the desk."""

import http.cookiejar
import re
import secrets
import socket
import time
import urllib.parse
import urllib.request
from typing import NamedTuple

from tests.forms import FormReader

PATIENCE = 20  # seconds


class Answer(NamedTuple):
    status: int  # 0: none, or broken off
    body: bytes
    seconds: float


def read(port: int, path: str, visitor: str = "", host: str = "") -> Answer:
    """Ask for a page as a reader does; plain sockets, because a clever client costs more than the answer.

    Args:
        visitor: address for X-Forwarded-For, as a proxy would give it.
    """
    start = time.perf_counter()
    said = f"X-Forwarded-For: {visitor}\r\n" if visitor else ""
    lines = f"GET {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\n{said}Connection: close\r\n\r\n"
    parts = []
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
            line.sendall(lines.encode())
            while part := line.recv(65536):
                parts.append(part)
    except OSError:
        return Answer(0, b"", time.perf_counter() - start)
    return answer_of(b"".join(parts), time.perf_counter() - start)


def answer_of(raw: bytes, seconds: float) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
    whole = head.startswith(b"HTTP/1.1 ") and (length is None or len(body) == int(length[1]))
    return Answer(int(head[9:12]) if whole else 0, body, seconds)


class Staff:
    """A browser without script: keeps cookies, follows redirects, sends forms."""

    def __init__(self, port: int, host: str = "", visitor: str = ""):
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self.headers = {"Host": host or f"127.0.0.1:{port}"}
        if visitor:
            self.headers["X-Forwarded-For"] = visitor
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, path: str, data: bytes | None = None, **headers) -> str:
        """A page; raises OSError for everything but success."""
        headers = self.headers | {"Referer": f"http://{self.headers['Host']}{path}"} | headers
        with self.opener.open(urllib.request.Request(self.address + path, data, headers), timeout=PATIENCE) as answer:
            return answer.read().decode()

    def form(self, path: str) -> dict[str, list[str]]:
        reader = FormReader()
        reader.feed(self.ask(path))
        return {name: values for name, values in reader.fields.items() if "__prefix__" not in name}

    def send(self, path: str, fields: dict) -> str:
        return self.ask(path, urllib.parse.urlencode(fields, doseq=True).encode())

    def send_file(self, path: str, fields: dict, name: str, file_name: str, content: bytes) -> str:
        mark = secrets.token_hex(16)
        parts = [(f'name="{key}"', value.encode()) for key, values in fields.items() for value in values]
        parts.append((f'name="{name}"; filename="{file_name}"\r\nContent-Type: image/jpeg', content))
        lines = [
            f"--{mark}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + text for about, text in parts
        ]
        body = b"\r\n".join([*lines, f"--{mark}--\r\n".encode()])
        return self.ask(path, body, **{"Content-Type": f"multipart/form-data; boundary={mark}"})

    def sign_in(self, login: str, password: str):
        form = self.form("/redaktion/login/")
        assert "abmelden" in self.send("/redaktion/login/", form | {"login": [login], "password": [password]}).lower()
        return self

    def retitle(self, path: str, title: str):
        """Save a thing with another title, as its form would; AssertionError if the form comes back."""
        page = self.send(path, self.form(path) | {"title": [title], "_continue": ["1"]})
        assert "errornote" not in page and title in page, "nicht gespeichert"
