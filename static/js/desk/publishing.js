// The buttons below a form say what will happen: their labels follow the publication date while it is typed.
// Links to fields open what is folded and reach text editors and choosers.

const row = document.querySelector(".publishing")
const dateInputs = [...document.querySelectorAll("[name=published_at]")]

// ---------------------------------------------------------------- links to fields

function focusable(target) {
  const editor = target.closest(".prose-editor")?.querySelector("[contenteditable]")
  if (editor) return editor
  if (target.matches("select.finder")) return target.nextElementSibling?.querySelector(".finder__input")
  return target
}

function goTo(target) {
  for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true
  const control = focusable(target) ?? target
  if (!control.matches("a, button, input, select, textarea, [tabindex], [contenteditable]")) control.tabIndex = -1
  control.focus({ preventScroll: true })
  control.scrollIntoView({ block: "center" })
}

document.addEventListener("click", event => {
  const link = event.target.closest(".problems a, .publishing__missing a, .preview__problems a")
  const target = link && document.getElementById(link.hash.slice(1))
  if (!target) return
  event.preventDefault()
  goTo(target)
})

function announce() {
  document.querySelector(".problems")?.focus()
}

if (document.readyState === "complete") announce()
else window.addEventListener("load", announce) // after Django's own script, which focuses the first field

// ---------------------------------------------------------------- what is typed as a date

const typed = () => dateInputs.map(input => input.value.trim()).filter(Boolean).join(" ")

const MONTHS = Array.from({ length: 12 }, (_, month) =>
  new Date(Date.UTC(2000, month, 1)).toLocaleString("de-DE", { month: "long", timeZone: "UTC" }))
const CLOCK = String.raw`(?:,?\s+(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?(?:\s*Uhr)?)?$`
const GERMAN = new RegExp(String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})${CLOCK}`)
const ISO = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})${CLOCK}`)
const WORDS = new RegExp(String.raw`(\d{1,2})\. (\p{L}+) (\d{4})${CLOCK}`, "u")

// A date in numbers, or in the words in which the field says how it was read; null for all else: the server knows more.
function understood(text) {
  const said = dateInputs[0]?.closest(".date-field")?.querySelector(".date-words")?.textContent.trim()
  let match, parts
  if ((match = GERMAN.exec(text))) parts = [century(match[3]), +match[2], +match[1]]
  else if ((match = ISO.exec(text))) parts = [+match[1], +match[2], +match[3]]
  else if ((match = WORDS.exec(said || text))) parts = [+match[3], MONTHS.indexOf(match[2]) + 1, +match[1]]
  else return null
  const [year, month, day] = parts
  const [hour, minute] = [+(match[4] ?? 0), +(match[5] ?? 0)]
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute))
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60
  return real ? { year, month, day, hour, minute } : null
}

function century(year) {
  if (year.length === 4) return +year
  return (+year < 69 ? 2000 : 1900) + +year
}

const two = number => String(number).padStart(2, "0")
const sortable = at => `${at.year}-${two(at.month)}-${two(at.day)} ${two(at.hour)}:${two(at.minute)}`
const nowInBerlin = () => new Date().toLocaleString("sv-SE", { timeZone: "Europe/Berlin" }).slice(0, 16)

function words(at) {
  const day = `${at.day}. ${MONTHS[at.month - 1]} ${at.year}`
  if (!at.hour && !at.minute) return day
  return `${day} um ${at.hour}${at.minute ? `:${two(at.minute)}` : ""} Uhr`
}

// ---------------------------------------------------------------- buttons

const button = action => row.querySelector(`button[name=${action}]`)
const enterKey = document.querySelector("button.enter-key")
const initial = { text: typed(), labels: new Map() }

function show(action, shown, label, promise) {
  const one = button(action)
  if (!one) return
  one.hidden = !shown
  if (label) one.textContent = label
  if (promise !== undefined) one.value = promise
}

function follow() {
  const text = typed()
  const at = understood(text)
  const over = at && sortable(at) <= nowInBerlin()
  const dated = !at ? "Ab dem eingetragenen Datum veröffentlichen" : over
    ? `Mit Datum ${two(at.day)}.${two(at.month)}.${at.year} veröffentlichen`
    : `Am ${words(at)} veröffentlichen`
  const state = row.dataset.state
  if (state === "draft") {
    show("_date", Boolean(text), dated, text)
    show("_now", !text)
  } else if (state === "scheduled") {
    const same = !text || text === initial.text
    show("_keep", !over, same ? initial.labels.get("_keep") : `Speichern, Veröffentlichung am ${at ? words(at) : text}`, text)
    show("_date", Boolean(over), dated, text)
    show("_now", !over)
  } else if (state === "live") {
    const later = Boolean(at) && !over
    show("_keep", !later)
    show("_date", later, dated, text)
  }
  const first = row.querySelector("button[type=submit]")
  enterKey.value = first.value
}

// ---------------------------------------------------------------- what is missing

function isFilled(target) {
  const control = target.matches("input, select, textarea") ? target : null
  return !control || Boolean(control.value.replace(/<[^>]*>/g, "").trim())
}

function check() {
  const box = row.querySelector(".publishing__missing")
  if (!box) return
  for (const item of box.querySelectorAll("li[data-fillable]")) {
    const target = document.getElementById(item.querySelector("a").hash.slice(1))
    if (target) item.hidden = isFilled(target)
  }
  box.hidden = !box.querySelector("li:not([hidden])")
}

if (row) {
  for (const one of row.querySelectorAll("button[name]")) initial.labels.set(one.name, one.textContent)
  const refresh = () => { follow(); check() }
  const form = row.closest("form")
  form.addEventListener("input", refresh)
  form.addEventListener("change", refresh)
  document.addEventListener("click", () => setTimeout(refresh, 50)) // the calendar writes without telling
  window.django?.jQuery?.(form).on("change", refresh) // choosers tell jQuery only
  window.addEventListener("submit", refresh) // after whatever tidies up the date
  for (const words of form.querySelectorAll(".date-words")) new MutationObserver(refresh).observe(words, { childList: true })
  refresh()
}
