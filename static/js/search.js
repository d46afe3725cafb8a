// Proposals while somebody types in the search: a combobox with a list (ARIA Authoring Practices). The form does without.
const field = document.getElementById("q")
const list = document.createElement("div")
const said = document.createElement("div")
const address = new URL("vorschlaege/", field.form.action)
let chosen = -1
let waiting

Object.assign(list, { id: "vorschlaege", className: "finder__proposals", role: "listbox", ariaLabel: "Vorschläge" })
Object.assign(said, { className: "visually-hidden", role: "status" })
Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" })
field.setAttribute("aria-controls", list.id)
field.parentElement.append(list, said)

const options = () => [...list.children]

function show(found) {
  chosen = -1
  list.replaceChildren(
    ...found.map(({ title, kind, url }, number) => {
      const option = Object.assign(document.createElement("div"), { id: `vorschlag-${number}`, role: "option", ariaSelected: "false" })
      const small = Object.assign(document.createElement("small"), { textContent: kind })
      option.append(Object.assign(document.createElement("span"), { textContent: title }), small)
      option.dataset.url = url
      return option
    }),
  )
  field.ariaExpanded = String(found.length > 0)
  field.removeAttribute("aria-activedescendant")
  said.textContent = found.length ? `${found.length} ${found.length > 1 ? "Vorschläge" : "Vorschlag"}` : ""
}

function choose(number) {
  const all = options()
  chosen = (number + all.length + 1) % (all.length + 1) // one step is the field itself
  all.forEach((option, place) => (option.ariaSelected = String(place === chosen)))
  if (chosen < all.length) field.setAttribute("aria-activedescendant", all[chosen].id)
  else field.removeAttribute("aria-activedescendant")
}

async function ask() {
  const typed = field.value.trim()
  address.search = new URLSearchParams({ q: typed })
  const answer = typed.length > 2 && (await fetch(address).catch(() => null))
  const found = answer?.ok ? await answer.json() : []
  if (typed === field.value.trim() && document.activeElement === field) show(found)
}

field.addEventListener("input", () => {
  clearTimeout(waiting)
  waiting = setTimeout(ask, 150)
})
field.addEventListener("keydown", (event) => {
  const all = options()
  if (!all.length) return
  if (event.key === "ArrowDown") choose(chosen < 0 ? 0 : chosen + 1)
  else if (event.key === "ArrowUp") choose(chosen < 0 ? all.length - 1 : chosen - 1)
  else if (event.key === "Escape") show([])
  else if (event.key === "Enter" && all[chosen]) location.assign(all[chosen].dataset.url)
  else return
  event.preventDefault()
})
list.addEventListener("pointerdown", (event) => event.preventDefault()) // the field keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]")
  if (option) location.assign(option.dataset.url)
})
field.addEventListener("blur", () => show([]))
