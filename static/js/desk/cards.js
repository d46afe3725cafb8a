// The programme as cards: adding, removing and moving rows, summaries that follow, editors that start when opened.
const LATER = "data-editor-later"
const STARTS = "data-django-prose-editor-configurable"

const counter = (prefix) => document.getElementById(`id_${prefix}-TOTAL_FORMS`)
const told = (row, prefix) =>
  row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: prefix } }))

function addRow(prefix) {
  const template = document.querySelector(`template[data-empty-of="${prefix}"]`)
  const total = counter(prefix)
  const number = Number(total.value)
  const holder = document.createElement("template")
  holder.innerHTML = template.innerHTML.replaceAll(`${prefix}-__prefix__`, `${prefix}-${number}`)
  const row = document.importNode(holder.content, true).firstElementChild
  template.parentElement.querySelector(".cards__list, .people__list").append(row)
  total.value = number + 1
  prepare(row)
  told(row, prefix)
  return row
}

function prepare(root) {
  for (const button of root.querySelectorAll("[data-add-to]")) button.parentElement.hidden = false
  const rows = root.matches?.(".people__row") ? [root] : root.querySelectorAll(".people__row")
  for (const row of rows) {
    if (row.querySelector("[data-move]")) continue
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "nach oben" })
    button.dataset.move = "up"
    row.querySelector(".field-position").replaceChildren(...row.querySelectorAll(".field-position input"), button)
    row.querySelector(".field-position input").type = "hidden"
  }
}

function moveUp(row) {
  const list = row.parentElement
  row.previousElementSibling?.before(row)
  ;[...list.children].forEach((one, place) => {
    one.querySelector(".field-position input").value = place
  })
  row.querySelector("[data-move]").focus()
  summarise(row.closest(".card"))
}

function startEditors(box) {
  const waiting = [...box.querySelectorAll(`textarea[${LATER}]`)]
  for (const area of waiting) {
    area.setAttribute(STARTS, area.getAttribute(LATER))
    area.removeAttribute(LATER)
  }
  if (waiting.length) told(box, "")
}

function summarise(card) {
  const value = (name) => card.querySelector(`:scope > .card__fields .field-${name} :is(input, select)`)?.value.trim() || ""
  const people = [...card.querySelectorAll(".people__row:not(.is-dropped) .field-person select")].map(
    (select) => select.selectedOptions[0]?.textContent.trim(),
  )
  const say = (part, text) => {
    card.querySelector(`:scope > summary .card__${part}`).textContent = text
  }
  say("time", [value("starts_at"), value("ends_at")].filter(Boolean).join("–"))
  say("title", value("title") || "Neuer Programmpunkt")
  say("people", people.filter(Boolean).join(", "))
}

function drop(box) {
  const row = box.closest(".people__row, .card")
  const fresh = !row.querySelector(":scope > input[name$='-id']")?.value
  row.classList.toggle("is-dropped", box.checked)
  if (!fresh || !box.checked) return
  const next = row.nextElementSibling || row.parentElement.parentElement.querySelector(":scope > p > [data-add-to]")
  row.hidden = true // its number stays taken, and its tick says that it is not meant
  ;(next?.querySelector?.("summary, select:not([hidden]), input:not([type=hidden])") || next)?.focus()
}

document.addEventListener("click", ({ target }) => {
  const adds = target.closest?.("[data-add-to]")
  if (adds) {
    const row = addRow(adds.dataset.addTo)
    row.querySelector(".field-title input, .field-person :is(.finder__input, select:not([hidden]))")?.focus()
  }
  const moves = target.closest?.("[data-move]")
  if (moves) moveUp(moves.closest(".people__row"))
})

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches?.(".card__text[open]")) startEditors(target)
  },
  true,
)

// other scripts fill cards too
document.addEventListener("cards:add", ({ detail }) => addRow(detail))
document.addEventListener("cards:filled", () => {
  for (const card of document.querySelectorAll(".card")) {
    summarise(card)
    card.open = Boolean(card.querySelector(".errorlist"))
  }
})

function changed({ target }) {
  if (target.matches?.(".cards input[name$='-DELETE']")) drop(target)
  const card = target.closest?.(".card")
  if (card) summarise(card)
}
document.addEventListener("input", changed)
document.addEventListener("change", changed)

for (const group of document.querySelectorAll(".cards")) prepare(group)
for (const box of document.querySelectorAll(".card__text[open]")) startEditors(box)
