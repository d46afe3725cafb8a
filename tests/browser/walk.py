"""A walk through a page by the tabulator."""

# What a keyboard should reach: everything operable that can be seen.
OPERABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(one => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true}))
    .map((one, number) => one.dataset.number = number).length"""
FOCUSED = """() => {
    const one = document.activeElement
    if (one === document.body) return null
    const look = getComputedStyle(one), area = one.querySelector('.map__district')
    const stroke = area && getComputedStyle(area), others = document.querySelector('.map a:not(:focus) .map__district')
    const grown = area && parseFloat(stroke.strokeWidth) - parseFloat(getComputedStyle(others).strokeWidth)
    const ring = area ? grown : look.outlineStyle === 'solid' ? look.outlineWidth : '0'
    const box = one.getClientRects()[0]
    const middle = [box.x + box.width / 2, box.y + box.height / 2]
    const top = document.elementFromPoint(...middle)
    return {
        number: one.dataset.number, name: one.outerHTML.slice(0, 120), ring: parseFloat(ring),
        inView: box.top >= 0 && box.bottom <= innerHeight,
        uncovered: area ? true : top !== null && (top === one || one.contains(top) || top.contains(one)),
    }
}"""


# Looked at before each next step: a question of its own per step takes longer than the step.
WATCH = f"""() => {{
    const focused = {FOCUSED}
    window.steps = []
    addEventListener("keydown", () => window.steps.push(focused()), {{ capture: true }})
}}"""


def unseen_steps(page):
    """Walk a freshly opened page by the tabulator and return the steps a reader could not see."""
    expected = page.evaluate(OPERABLE)
    page.evaluate(WATCH)
    for _ in range(expected + 2):
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    unseen, reached = [], []
    for focused in page.evaluate("steps")[1:]:
        if focused is None or focused["number"] in reached[:1]:  # the end, or round again
            break
        reached.append(focused["number"])
        if focused["ring"] < 2 or not focused["inView"] or not focused["uncovered"]:
            unseen.append(focused)
    assert reached == [str(number) for number in range(expected)], "in the order of the page, each once"
    return unseen
