"""axe-core, the accessibility judge, inside a page."""

from axe_playwright_python.sync_playwright import Axe

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]  # WCAG 2.0 to 2.2
SCRIPT = Axe().axe_script


def violations(page, rules=None, strict=False, within=None) -> list[tuple[str, list[str]]]:
    """What breaks a rule, and where, with the reason.

    Args:
        rules: names of the only rules to ask; else all of WCAG 2.0 to 2.2, A and AA, and best practices.
        strict: contrast as for AAA.
        within: CSS selectors of the only parts to judge.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SCRIPT)
    enabled = {"color-contrast": not strict, "color-contrast-enhanced": strict, "target-size": True}
    options = {
        "runOnly": rules or LEVELS,
        "resultTypes": ["violations"],
        "rules": {} if rules else {name: {"enabled": on} for name, on in enabled.items()},
    }
    parts = [[part] for part in within] if within else [["html"]]
    found = page.evaluate(
        "([parts, options]) => axe.run(parts, options).then(result => result.violations)", [parts, options]
    )
    return [(one["id"], [f"{node['html'][:120]} {node['failureSummary']}" for node in one["nodes"]]) for one in found]
