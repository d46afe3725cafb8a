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


def violations(page, rules=None, strict=False, within=None) -> list[tuple[str, list[str]]]:
    """What breaks a rule, and where, with the reason.

    Args:
        rules: names of the only rules to ask; else all of WCAG 2.0 to 2.2, A and AA, and best practices.
        strict: contrast as for AAA.
        within: CSS selectors of the only parts to judge.
    """
    contrast = {"color-contrast": not strict, "color-contrast-enhanced": strict}
    options = {
        "runOnly": [f"{rule}-enhanced" if strict and rule in contrast else rule for rule in rules or LEVELS],
        "resultTypes": ["violations"],
        "rules": {} if rules else {name: {"enabled": on} for name, on in {**contrast, "target-size": True}.items()},
        "preload": {"assets": ["media"]},  # no rule of these reads style sheets
        "selectors": False,
    }
    asked = [[[part] for part in within or ["html"]], options]
    found = page.evaluate(RUN, asked)
    if found is None:
        page.evaluate(SCRIPT)
        found = page.evaluate(RUN, asked)
    return [tuple(one) for one in found]
