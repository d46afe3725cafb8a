// The search for everything: hits while typing, Enter opens the marked one or the page of all hits.
const WAIT = 150 // ms of quiet before a search
const form = document.querySelector(".menu__search")
const input = form?.querySelector("input")
let hits = []
let active = -1
let timer, asking, list, status

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

const isOpen = () => list.matches(":popover-open")

function build() {
  list = element("ul", { role: "listbox", id: "search-hits", class: "finder__list", popover: "manual", "aria-label": "Treffer" })
  status = element("span", { role: "status", class: "visually-hidden" })
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value) // prettier-ignore
  form.append(element("div", { class: "finder-box" }, list, status))
}

function close() {
  clearTimeout(timer)
  asking?.abort()
  if (isOpen()) list.hidePopover()
  input.setAttribute("aria-expanded", "false")
  mark(-1)
}

function open() {
  if (!isOpen()) list.showPopover()
  input.setAttribute("aria-expanded", "true")
  const box = input.getBoundingClientRect()
  const width = Math.min(Math.max(box.width, 352), innerWidth - 16)
  const left = Math.min(box.left, innerWidth - width - 8)
  Object.assign(list.style, { top: `${box.bottom + 4}px`, left: `${left}px`, width: `${width}px`, maxHeight: `${innerHeight - box.bottom - 16}px` })
}

function mark(place) {
  active = place
  const options = [...list.querySelectorAll("[role=option]")]
  options.forEach((option, index) => option.setAttribute("aria-selected", String(index === place)))
  if (options[place]) {
    input.setAttribute("aria-activedescendant", options[place].id)
    options[place].scrollIntoView({ block: "nearest" })
  } else input.removeAttribute("aria-activedescendant")
}

function option(hit, index) {
  const image = hit.thumb ? [element("img", { src: hit.thumb, alt: "", class: "finder__thumb" })] : []
  const state = hit.state ? [element("span", { class: "finder__state" }, hit.state)] : []
  const line = element("span", { class: "finder__line" }, [hit.kind, hit.line].filter(Boolean).join(" · "))
  return element("li", { role: "option", id: `search-hit-${index}`, class: "finder__option", "aria-selected": "false" }, ...image, hit.label, ...state, line)
}

function show(words, found, nearly) {
  if (document.activeElement !== input || input.value.trim() !== words) return
  hits = found
  list.dataset.words = words
  const nothing = element("li", { class: "finder__nothing", role: "presentation" }, "Nichts heißt so.")
  list.replaceChildren(...(hits.length ? hits.map(option) : [nothing]))
  open()
  mark(-1)
  const number = hits.length === 1 ? "Ein Treffer" : `${hits.length} Treffer`
  status.textContent = hits.length ? `${nearly ? "Ähnlich: " : ""}${number}` : "Nichts heißt so."
}

async function ask(words) {
  asking = new AbortController()
  const { signal } = asking
  try {
    const address = `${form.action}?${new URLSearchParams({ q: words })}`
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal })
    if (!answer.ok || answer.redirected) return close() // Enter still leads to the page, or to the login
    const { hits, nearly } = await answer.json()
    if (!signal.aborted) show(words, hits, nearly)
  } catch (error) {
    if (error.name !== "AbortError") close()
  }
}

function typed() {
  clearTimeout(timer)
  asking?.abort()
  const words = input.value.trim()
  if (!words) return close()
  timer = setTimeout(() => ask(words), WAIT)
}

function pressed(event) {
  if (event.isComposing) return
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && isOpen() && hits.length) {
    event.preventDefault()
    const step = event.key === "ArrowDown" ? 1 : -1
    mark(active < 0 && step < 0 ? hits.length - 1 : (active + step + hits.length) % hits.length)
  } else if (event.key === "Enter" && isOpen() && hits[active]) {
    event.preventDefault()
    location.assign(hits[active].url)
  } else if (event.key === "Escape" && isOpen()) {
    event.preventDefault() // which would empty the field
    event.stopPropagation()
    close()
  }
}

if (input) {
  build()
  input.addEventListener("input", typed)
  input.addEventListener("keydown", pressed)
  input.addEventListener("blur", close)
  list.addEventListener("pointerdown", (event) => event.preventDefault()) // the field keeps the focus
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]")
    if (chosen) location.assign(hits[[...list.children].indexOf(chosen)].url)
  })
  addEventListener("resize", close)
  addEventListener("scroll", close, { passive: true })
}
