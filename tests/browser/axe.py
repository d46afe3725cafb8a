"""axe-core, the accessibility judge, inside a page."""

from axe_playwright_python.sync_playwright import Axe

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]  # WCAG 2.0 to 2.2
COLOURS = ["color-contrast", "link-in-text-block"]  # all that another colour scheme can change
SCRIPT = Axe().axe_script
# for windows that open many pages: an init script is compiled once, an evaluated one each time
LATER = f"window.startAxe = () => {{ {SCRIPT} }}"
RUN = """async ([parts, options]) => {
  if (!window.axe && !window.startAxe) return null
  if (!window.axe) startAxe()
  for (const one of document.getAnimations()) one.finish()  // colours fade
  const { violations } = await axe.run(parts, options)
  return violations.map(({ id, nodes }) => [id, nodes.map(one => `${one.html.slice(0, 120)} ${one.failureSummary}`)])
}"""

# marks the outermost elements that look otherwise than when asked before about this scheme; tells whether there are any
MARK_CHANGED = """scheme => {
  for (const one of document.getAnimations()) one.finish()
  for (const one of document.querySelectorAll("[data-changed]")) one.removeAttribute("data-changed")
  const known = (window.looks ??= {})[scheme] ??= new Map()
  for (const one of document.querySelectorAll("body *")) {
    const { color, backgroundColor, backgroundImage, opacity, fontSize, fontWeight } = getComputedStyle(one)
    const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24)
    const look = one.checkVisibility() && [color, backgroundColor, backgroundImage, opacity, large].join()
    if (look && known.get(one) !== look && !one.closest("[data-changed]")) one.dataset.changed = ""
    known.set(one, look)
  }
  return document.querySelector("[data-changed]") !== null
}"""


def contrast(page, scheme) -> list[tuple[str, list[str]]]:
    """What breaks a rule of COLOURS in a colour scheme, contrast as for AAA; asked again, only of what has changed.

    An element of the same colours on the same ground has the same contrast: to measure it takes most of axe's time.
    """
    page.emulate_media(color_scheme=scheme)
    return (
        violations(page, COLOURS, strict=True, within=["[data-changed]"]) if page.evaluate(MARK_CHANGED, scheme) else []
    )


def violations(page, rules=None, strict=False, within=None, colours=True) -> list[tuple[str, list[str]]]:
    """What breaks a rule, and where, with the reason.

    Args:
        rules: names of the only rules to ask; else all of WCAG 2.0 to 2.2, A and AA, and best practices.
        strict: contrast as for AAA.
        within: CSS selectors of the only parts to judge.
        colours: whether COLOURS are among all rules.
    """
    enhanced = ["color-contrast-enhanced"] if strict else []  # silent below 4.5:1, which it leaves to "color-contrast"
    asked = {name: {"enabled": True} for name in ["target-size", *enhanced]}
    asked |= {} if colours else {name: {"enabled": False} for name in COLOURS}
    options = {
        "runOnly": [*rules, *enhanced] if rules else LEVELS,
        "resultTypes": ["violations"],
        "rules": {} if rules else asked,
        "preload": {"assets": ["media"]},  # no rule of these reads style sheets
        "selectors": False,
    }
    arguments = [[[part] for part in within or ["html"]], options]
    found = page.evaluate(RUN, arguments)
    if found is None:
        page.evaluate(SCRIPT)
        found = page.evaluate(RUN, arguments)
    return [tuple(one) for one in found]
