// Order rows with buttons, by keyboard or mouse, or by dragging: wherever rows have a number for their place.
//
// Rows are the children of [data-sortable] and of the bodies of inline tables that hold an input named …-position.

const LISTS = "[data-sortable], .inline-group .tabular tbody"
const PLACE = "[name$='-position']"

const isRow = (row) => row.querySelector(PLACE) && !row.hidden && !row.matches(".empty-form, .picks__row:not(:has(.picks__card))")
const rowsOf = (list) => [...list.children].filter(isRow)

function nameOf(row) {
  const label = row.querySelector(".picks__label")?.textContent
  const typed = [...row.querySelectorAll("input[type=text], input:not([type])")].find((input) => input.value)?.value
  return label || typed || "Zeile"
}

function status(list) {
  const group = list.closest(".inline-group") || list.parentElement
  let said = group.querySelector(".sorting__status")
  if (!said) {
    said = document.createElement("p")
    said.className = "sorting__status visually-hidden"
    said.setAttribute("role", "status")
    group.append(said)
  }
  return said
}

function number(list) {
  for (const [place, row] of rowsOf(list).entries()) {
    const input = row.querySelector(PLACE)
    if (input.value === String(place)) continue
    input.value = place
    input.dispatchEvent(new Event("change", { bubbles: true }))
  }
  mark(list)
}

function mark(list) {
  const rows = rowsOf(list)
  for (const [place, row] of rows.entries()) {
    const [up, down] = row.querySelectorAll(".sorting button")
    up?.setAttribute("aria-disabled", String(place === 0))
    down?.setAttribute("aria-disabled", String(place === rows.length - 1))
  }
}

function move(row, step, button) {
  const list = row.parentElement
  const rows = rowsOf(list)
  const place = rows.indexOf(row)
  const other = rows[place + step]
  const said = status(list)
  if (other) {
    if (step < 0) other.before(row)
    else other.after(row)
    number(list)
    button.focus()
  }
  said.textContent = ""
  setTimeout(() => (said.textContent = `${nameOf(row)}: Platz ${rowsOf(list).indexOf(row) + 1} von ${rows.length}.`), 50)
}

function button(row, sign, words, step) {
  const made = document.createElement("button")
  made.type = "button"
  made.textContent = sign
  made.title = words
  const name = () => made.setAttribute("aria-label", `${nameOf(row)} ${words}`)
  name()
  row.addEventListener("input", name) // what is typed into the row names it
  made.addEventListener("click", () => move(row, step, made))
  return made
}

function dress(list, row) {
  if (!isRow(row)) return
  row.querySelector(".sorting")?.remove()
  const buttons = document.createElement("span")
  buttons.className = "sorting"
  buttons.append(button(row, "↑", "nach oben", -1), button(row, "↓", "nach unten", 1))
  const input = row.querySelector(PLACE)
  const actions = row.querySelector(".picks__actions")
  if (actions) actions.prepend(buttons)
  else {
    input.hidden = true
    input.after(buttons)
  }
  drag(list, row, actions ? row.querySelector(".picks__card") : null)
}

// Dragging: the row follows the mouse inside its own list.
function drag(list, row, handle) {
  if (!handle) return
  handle.draggable = true
  handle.addEventListener("dragstart", (event) => {
    event.dataTransfer.effectAllowed = "move"
    list.dragged = row
    row.classList.add("sorting--dragged")
  })
  handle.addEventListener("dragend", () => {
    row.classList.remove("sorting--dragged")
    list.dragged = null
    number(list)
  })
}

function follow(list) {
  list.addEventListener("dragover", (event) => {
    const over = [...list.children].find((row) => row.contains(event.target))
    if (!list.dragged || !over || over === list.dragged) return
    event.preventDefault()
    const { top, height } = over.getBoundingClientRect()
    if (event.clientY < top + height / 2) over.before(list.dragged)
    else over.after(list.dragged)
  })
  list.addEventListener("drop", (event) => list.dragged && event.preventDefault())
}

function changed(event) {
  const list = event.target.closest?.(LISTS)
  if (!list) return
  if (event.type === "formset:added") dress(list, event.target)
  number(list)
}

document.addEventListener("formset:added", changed)
document.addEventListener("rows:changed", changed)
for (const list of document.querySelectorAll(LISTS)) {
  for (const row of list.children) dress(list, row)
  mark(list)
  follow(list)
}
