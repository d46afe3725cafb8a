// Names for what Django's forms and lists leave without one: cells of tables, halves of a moment, little pictures.
const HALVES = { vDateField: "Datum", vTimeField: "Uhrzeit" }

const words = (element) => element?.textContent.replace(/\s+/g, " ").replace(/:\s*$/, "").trim() ?? ""

function isNamed(control) {
  return control.labels?.length || control.hasAttribute("aria-label") || control.hasAttribute("aria-labelledby")
}

function headOf(control) {
  const cell = control.closest("td")
  return words(cell?.closest("table").tHead?.rows[0].cells[cell.cellIndex])
}

function nameOf(control) {
  const half = Object.entries(HALVES).find(([name]) => control.classList.contains(name))?.[1]
  const field = headOf(control) || words(control.closest(".form-row, fieldset")?.querySelector("label, legend"))
  return half ? `${field}, ${half}` : field
}

function nameEverything() {
  const controls = "input:not([type=hidden], .select2-search__field), select, textarea"
  for (const control of document.querySelectorAll(`td :is(${controls}), .vDateField, .vTimeField`)) {
    const name = isNamed(control) ? "" : nameOf(control)
    if (name) control.setAttribute("aria-label", name)
  }
  for (const tip of document.querySelectorAll("span.help-tooltip[aria-label]")) tip.setAttribute("role", "img")
  for (const head of document.querySelectorAll(".inline-group thead th")) {
    if (!head.textContent.trim()) head.append(hidden(head.classList.contains("original") ? "Eintrag" : "Löschen"))
  }
}

function hidden(text) {
  const span = document.createElement("span")
  span.className = "visually-hidden"
  span.textContent = text
  return span
}

nameEverything()
addEventListener("load", () => setTimeout(nameEverything)) // Django builds its choosers only now
addEventListener("formset:added", nameEverything)
