"""axe-core, the accessibility judge, inside a page."""

from axe_playwright_python.sync_playwright import Axe

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]  # WCAG 2.0 to 2.2
COLOURS = ["color-contrast", "link-in-text-block"]  # all that another colour scheme can change
ENHANCED = "color-contrast-enhanced"  # silent below 4.5:1, which it leaves to "color-contrast"
SCRIPT = Axe().axe_script
# To measure contrast takes most of axe's time. Where it was right it is right again, on whatever page: for text of the
# same colour and size on the same ground, if nothing but what encloses it lies behind or before it.
MEASURE_ONCE = """
const SIDES = [["left", "right"], ["top", "bottom"]]
const isIn = (inner, outer) => SIDES.every(([from, to]) => inner[from] > outer[from] - 1 && inner[to] < outer[to] + 1)
const apart = (one, other) => SIDES.some(([from, to]) => one[from] > other[to] - 1 || one[to] < other[from] + 1)
const hasText = one => [...one.childNodes].some(inner => inner.nodeType === 3 && inner.data.trim())
const inSight = one => {  // on a ground that axe knows
  const { width, bottom } = one.getBoundingClientRect()
  return width > 1 && bottom + scrollY > 0 && one.checkVisibility() && !one.ownerSVGElement
}
const learnt = new Set(), looks = new Map()
let right, grounds

const findGrounds = () => [...document.querySelectorAll("*")].flatMap(one => {
  const { backgroundColor, backgroundImage, opacity, mixBlendMode } = getComputedStyle(one)
  const paint = [backgroundColor, backgroundImage, opacity, mixBlendMode].join()
  if (paint === "rgba(0, 0, 0, 0),none,1,normal" || !one.checkVisibility()) return []
  return [{ one, paint, box: one.matches("html, body") ? null : one.getBoundingClientRect() }]
})
const look = one => {
  if (looks.has(one)) return looks.get(one)
  const box = one.getBoundingClientRect(), around = grounds.filter(ground => ground.one.contains(one))
  const alone = grounds.every(ground => !ground.box || (around.includes(ground) ? isIn(box, ground.box) : one.contains(ground.one) || apart(box, ground.box)))
  const { color, fontSize, fontWeight, textShadow, webkitTextFillColor, webkitTextStroke } = getComputedStyle(one)
  const own = [color, fontSize, fontWeight, textShadow, webkitTextFillColor, webkitTextStroke]
  looks.set(one, alone && [...around.map(ground => ground.paint), ...own].join())
  return looks.get(one)
}
const isRight = (id, one) => look(one) && (right.has(id + look(one)) || learnt.has(id + look(one)))

for (const id of ["color-contrast", "color-contrast-enhanced"]) {
  const rule = axe._audit.rules.find(rule => rule.id === id), matches = rule.matches
  const check = axe._audit.checks[id], measure = check.evaluate
  rule.matches = (one, ...rest) => !isRight(id, one) && matches(one, ...rest)
  check.evaluate = function (one, ...rest) {
    if (isRight(id, one)) return true  // since it was found to match
    const result = measure.call(this, one, ...rest)
    if (result && look(one) && axe.commons.dom.isVisibleOnScreen(one)) learnt.add(id + look(one))
    return result
  }
}
const { Color } = axe.commons.color, parse = Color.prototype.parseString, parsed = new Map()
Color.prototype.parseString = function (text) {
  if (!parsed.has(text)) parsed.set(text, new Color(parse.call(this, text)))
  const { r, g, b, alpha } = parsed.get(text)
  return Object.assign(this, { r, g, b, alpha })
}

window.judge = async (parts, onlyColours, options, known) => {
  right = new Set(known.split("\\n"))
  grounds = findGrounds()
  looks.clear()
  const ids = options.runOnly.filter(id => id.startsWith("color-"))
  const maybeWrong = one =>
    inSight(one) && (hasText(one) || one.matches("input, select, textarea")) && !ids.every(id => isRight(id, one)) ||
    one.matches("a") && hasText(one.parentElement) && getComputedStyle(one).textDecorationLine === "none"
  const inside = () => [...document.querySelectorAll(parts.map(part => `${part}, ${part} *`).join())]
  const asked = onlyColours ? inside().filter(maybeWrong) : parts.map(part => [part])
  if (!asked.length) return [[], []]
  const { violations } = await axe.run(asked, options)
  return [violations.map(({ id, nodes }) => [id, nodes.map(one => `${one.html.slice(0, 120)} ${one.failureSummary}`)]), [...learnt]]
}
"""
# for windows that open many pages: an init script is compiled once, an evaluated one each time
LATER = f"window.startAxe = () => {{ {SCRIPT}; {MEASURE_ONCE} }}"
RUN = """asked => {
  if (!window.axe && !window.startAxe) return null
  if (!window.axe) startAxe()
  for (const one of document.getAnimations()) one.finish()  // colours fade
  return judge(...asked)
}"""
RIGHT = set()  # looks of text whose contrast was right


def violations(page, only_colours=False, strict=False, within=None) -> list[tuple[str, list[str]]]:
    """What breaks a rule of WCAG 2.0 to 2.2, A and AA, or of best practice, and where, with the reason.

    Args:
        only_colours: ask only COLOURS.
        strict: contrast as for AAA.
        within: CSS selectors of the only parts to judge.
    """
    enhanced = [ENHANCED] if strict else []
    options = {
        "runOnly": [*COLOURS, *enhanced] if only_colours else LEVELS,
        "rules": {} if only_colours else {name: {"enabled": True} for name in ["target-size", *enhanced]},
        "resultTypes": ["violations"],
        "preload": {"assets": ["media"]},  # no rule of these reads style sheets
        "selectors": False,
        "iframes": False,  # axe is not in them
    }
    asked = [within or ["html"], only_colours, options, "\n".join(RIGHT)]
    if (answer := page.evaluate(RUN, asked)) is None:
        page.evaluate(f"() => {{ {SCRIPT}; {MEASURE_ONCE} }}")
        answer = page.evaluate(RUN, asked)
    found, right = answer
    if not found:
        RIGHT.update(right)
    return [tuple(one) for one in found]
