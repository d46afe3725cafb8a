"""Gunicorn's worker, which answers in German what no view sees because it is no request yet.

Nothing of such a request is logged but what is wrong with it: it may hold what somebody searched for, or a cookie.
"""

from ssl import SSLError

from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import _DEFER, ThreadWorker

SILENCE = 0.2  # seconds for which a thread waits for the first byte of a connection

PAGE = """<!doctype html>
<html lang="de">
  <head>
    <meta charset="utf-8">
    <title>{title} – Innovationsforum</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
  </head>
  <body>
    <main>
      <h1>{title}</h1>
      <p>{words}</p>
      <p><a href="{address}">{link}</a></p>
    </main>
  </body>
</html>
"""
HEAD = (
    "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n"
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\r\n"
)


def answer(status: str, title: str, words: str, address: str = "/", link: str = "Zur Startseite") -> bytes:
    page = PAGE.format(title=title, words=words, address=address, link=link).encode()
    return HEAD.format(status=status, length=len(page)).encode() + page


TOO_LONG = answer(
    "400 Bad Request",
    "Diese Adresse ist zu lang",
    "Vielleicht ist ein ganzer Text in ein Suchfeld geraten. Bitte suchen Sie mit wenigen Wörtern.",
    "/suche/",
    "Zur Suche",
)
NOT_UNDERSTOOD = answer(
    "400 Bad Request",
    "Diese Anfrage haben wir nicht verstanden",
    "Vielleicht ist die Adresse unvollständig oder enthält Zeichen, die dort nicht hingehören.",
)
FAILED = answer(
    "500 Internal Server Error",
    "Bei uns ist ein Fehler aufgetreten",
    "Das liegt nicht an Ihnen. Bitte versuchen Sie es später noch einmal.",
)
OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)  # subclasses of what a visitor does wrong


class Worker(ThreadWorker):
    def handle(self, conn):
        """As gunicorn, which lets a connection keep a thread for five seconds in which nobody asks for anything.

        Browsers open connections ahead. They wait where kept ones do: costing no thread, and no second at the end.
        """
        if not conn.initialized and not conn.wait_for_data(SILENCE):
            return _DEFER
        return super().handle(conn)

    def handle_error(self, req, client, addr, exc):
        kind = type(exc).__name__
        if isinstance(exc, (errors.ParseException, SSLError)) and not isinstance(exc, OURS):
            self.log.warning("Keine Anfrage, die wir verstehen: %s", kind)
            self.send(client, TOO_LONG if isinstance(exc, errors.LimitRequestLine) else NOT_UNDERSTOOD)
            return
        asked = f"{req.method} {req.path}" if req else "ohne Anfrage"
        # Without a value: of a header that is refused it would be the whole.
        self.log.error("Fehler beim Antworten (%s): %s", asked, kind, exc_info=not isinstance(exc, OURS) and exc)
        self.send(client, FAILED)

    def send(self, client, content: bytes):
        try:
            write_nonblock(client, content)
        except OSError:
            self.log.debug("Nobody waits for this answer.")
