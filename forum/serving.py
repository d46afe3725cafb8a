"""Gunicorn's worker, which answers in German what no view sees because it is no request yet."""

from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

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
    def handle_error(self, req, client, addr, exc):
        if not isinstance(exc, LimitRequestLine):
            return super().handle_error(req, client, addr, exc)
        try:
            write_nonblock(client, HEAD + TOO_LONG)
        except OSError:
            self.log.debug("Nobody waits for the answer to an address that is too long.")
