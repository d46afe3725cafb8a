"""Gunicorn's worker, which answers in German what no view sees because it is no request yet."""

from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import _DEFER, ThreadWorker

SILENCE = 0.2  # seconds for which a thread waits for the first byte of a connection

TOO_LONG = """<!doctype html>
<html lang="de">
  <head>
    <meta charset="utf-8">
    <title>Diese Adresse ist zu lang – Innovationsforum</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
  </head>
  <body>
    <main>
      <h1>Diese Adresse ist zu lang</h1>
      <p>Vielleicht ist ein ganzer Text in ein Suchfeld geraten. Bitte suchen Sie mit wenigen Wörtern.</p>
      <p><a href="/suche/">Zur Suche</a></p>
    </main>
  </body>
</html>
""".encode()
HEAD = (
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
    f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(TOO_LONG)}\r\n\r\n"
).encode()


class Worker(ThreadWorker):
    def handle(self, conn):
        """As gunicorn, which lets a connection keep a thread for five seconds in which nobody asks for anything.

        Browsers open connections ahead. They wait where kept ones do: costing no thread, and no second at the end.
        """
        if not conn.initialized and not conn.wait_for_data(SILENCE):
            return _DEFER
        return super().handle(conn)

    def handle_error(self, req, client, addr, exc):
        if not isinstance(exc, LimitRequestLine):
            return super().handle_error(req, client, addr, exc)
        try:
            write_nonblock(client, HEAD + TOO_LONG)
        except OSError:
            self.log.debug("Nobody waits for the answer to an address that is too long.")
