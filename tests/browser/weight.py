"""What a page weighs on its first visit with a phone, as Chromium counts it, and what it may weigh.

Counted are the bodies as they travel, that is compressed, and the pictures a reader meets on the way to the end of
the page. A kilobyte has 1024 bytes.
"""

import base64
import gzip
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

KINDS = {"Document": "HTML", "Stylesheet": "CSS", "Script": "Skript", "Font": "Schrift"}
LIMITS = {  # bytes, of all requests of a kind together
    "HTML": 12 * 1024,
    "CSS": 12 * 1024,
    "Skript": 18 * 1024,
    "Schrift": 70 * 1024,
    "größtes Bild": 80 * 1024,
}
PHONE = {
    "viewport": {"width": 360, "height": 780},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "de-DE",
}
ENDED = {"loadingFinished", "loadingFailed"}
TO_THE_END = """async () => {
  const pause = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));  // lazy pictures start in a frame
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) { scrollTo(0, y); await pause(); }
  const shown = [...document.images].filter(image => image.checkVisibility());
  for (let i = 0; i < 300 && !shown.every(image => image.complete); i++) await pause();
  await document.fonts.ready;
}"""
ICONS = (
    "[...document.querySelectorAll('link[rel~=icon], link[rel=apple-touch-icon], link[rel=manifest]')].map(l => l.href)"
)
BLOCKING = """performance.getEntriesByType("resource")
  .filter(entry => entry.initiatorType === "script" && entry.renderBlockingStatus === "blocking")
  .map(entry => entry.name)"""


@dataclass
class Answer:
    """One request of a page: `kind` is one of KINDS, "Bild", "Symbol" or "anderes"; `status` 0 was not answered.

    `size` are the bytes of the body, `transferred` those with headers; `blocking` is a script that holds up the page.
    """

    url: str
    kind: str
    status: int
    size: int
    transferred: int
    blocking: bool = False


def weigh(browser, address, compress=False) -> list[Answer]:
    """Open an address for the first time and scroll to the end.

    Args:
        compress: count uncompressed text, as a server in development sends it, as gzip would make it.
    """
    context = browser.new_context(**PHONE)
    try:
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        seen = {}  # what happened to each request: {number: {event: what it says}}
        for event in ("requestWillBeSent", "responseReceived", "loadingFinished", "loadingFailed"):
            devtools.on(
                f"Network.{event}",
                lambda said, event=event: seen.setdefault(said["requestId"], {}).update({event: said}),
            )
        devtools.send("Network.enable")
        page.goto(address)
        page.evaluate(TO_THE_END)
        for _ in range(200):
            if all(ENDED & events.keys() for events in seen.values()):
                break
            page.wait_for_timeout(20)
        icons, blocking = page.evaluate(ICONS), page.evaluate(BLOCKING)
        return [
            answer_of(devtools, events, compress, icons, blocking)
            for events in seen.values()
            if not events["requestWillBeSent"]["request"]["url"].startswith("data:")
        ]
    finally:
        context.close()


def answer_of(devtools, events, compress, icons, blocking) -> Answer:
    asked = events["requestWillBeSent"]
    url, kind = asked["request"]["url"], KINDS.get(asked["type"], "anderes")
    if asked["type"] == "Image" and urlsplit(url).path.startswith("/medien/"):
        kind = "Bild"
    elif url in icons:
        kind = "Symbol"
    if "responseReceived" not in events or "loadingFinished" not in events:
        return Answer(url, kind, 0, 0, 0)
    answer = events["responseReceived"]["response"]
    transferred = events["loadingFinished"]["encodedDataLength"]
    size = transferred - answer["encodedDataLength"]  # so far the headers had come
    packed = any(name.lower() == "content-encoding" for name in answer["headers"])
    if compress and not packed and kind in ("HTML", "CSS", "Skript"):
        body = devtools.send("Network.getResponseBody", {"requestId": asked["requestId"]})
        text = base64.b64decode(body["body"]) if body["base64Encoded"] else body["body"].encode()
        size = len(gzip.compress(text, 6))
    return Answer(url, kind, answer["status"], size, transferred, url in blocking)


def sizes(answers) -> Counter:
    """Return the bytes of each kind, and of the largest picture as "größtes Bild"."""
    total = Counter()
    for answer in answers:
        total[answer.kind] += answer.size
    total["größtes Bild"] = max((answer.size for answer in answers if answer.kind == "Bild"), default=0)
    return total


def misses(answers) -> list[str]:
    """Say in German what is over the budget; the first answer is the page itself."""
    page, *others = answers
    home, total = urlsplit(page.url).netloc, sizes(answers)
    found = [f"{kind}: {total[kind]} Bytes, höchstens {limit}" for kind, limit in LIMITS.items() if total[kind] > limit]
    if sum(answer.kind == "CSS" for answer in answers) != 1:
        found.append(f"CSS: {sum(answer.kind == 'CSS' for answer in answers)} Abfragen statt einer")
    for answer in others:
        if answer.status != 200:
            found.append(f"nicht geladen: {answer.url}")
        if urlsplit(answer.url).netloc != home:
            found.append(f"fremd: {answer.url}")
        elif answer.kind in ("anderes", "HTML"):
            found.append(f"überzählig: {answer.url}")
        if answer.blocking:
            found.append(f"hält den Aufbau auf: {answer.url}")
    return found
