// A copy of unsaved text stays in this browser, per person and window, and is offered when the form is opened again:
// after a crash, a closed tab, an expired login. The server names what was saved in a cookie; only then a copy goes.
const PREFIX = "redaktion:"
const DAYS = 14
const MOST_COPIES = 20
const MOST_CHARACTERS = 400_000 // of one field; a browser grants about five million to a whole site
const OWN = new Set(["csrfmiddlewaretoken", "_token", "_compared", "_replace"])

const account = document.querySelector("meta[name=desk-user]")
const form = document.querySelector("[data-keeping]")?.closest("form")
const own = (name) => OWN.has(name) || name.startsWith("_take-")

export function read(form) {
  const fields = {}
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !own(name)) (fields[name] ||= []).push(value)
  }
  return fields
}

// Names of the options chosen in fields that load their options while somebody types.
function chosen(form) {
  const labels = {}
  for (const option of form.querySelectorAll("select.finder option:checked")) {
    if (option.value) (labels[option.closest("select").name] ||= {})[option.value] = option.textContent
  }
  return labels
}

function addRow(prefix) {
  const cards = document.querySelector(`template[data-empty-of="${prefix}"]`)
  const picks = document.querySelector(`[data-picks="${prefix}"]`)
  if (cards) cards.dispatchEvent(new CustomEvent("cards:add", { bubbles: true, detail: prefix }))
  else if (picks) picks.dispatchEvent(new CustomEvent("picks:add"))
  else document.getElementById(`${prefix}-group`)?.querySelector(".add-row a, a.add-row")?.click()
}

function addRows(form, fields) {
  for (const [name, [count]] of Object.entries(fields)) {
    if (!name.endsWith("-TOTAL_FORMS")) continue
    const prefix = name.slice(0, -"-TOTAL_FORMS".length)
    const total = form.elements[name]
    while (total && Number(total.value) < Math.min(Number(count), 200)) {
      const before = total.value
      addRow(prefix)
      if (total.value === before) break
    }
  }
}

function choose(select, values, labels = {}) {
  for (const value of values) {
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(labels[value] || value, value))
  }
  for (const option of select.options) option.selected = values.includes(option.value)
}

function setText(field, value) {
  if (field.value === value) return
  field.value = value
  const editor = field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor
  if (editor) editor.commands.setContent(value, { emitUpdate: true })
  else field.dispatchEvent(new Event("input", { bubbles: true }))
}

export function fill(form, fields, labels = {}, only = null) {
  addRows(form, fields)
  const queues = Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, [...values]]))
  for (const field of [...form.elements]) {
    if (!field.name || own(field.name) || (only && !only.has(field.name))) continue
    if (["file", "submit", "button", "fieldset"].includes(field.type) || field.name.endsWith("_FORMS")) continue
    const values = fields[field.name] || []
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value)
    else if (field.tagName === "SELECT") choose(field, values, labels[field.name])
    else if (field.name in fields) setText(field, queues[field.name].shift() ?? "")
    else continue
    field.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

function labelOf(form, name) {
  const found = form.elements[name]
  const field = found instanceof RadioNodeList ? found[0] : found
  const group = field?.closest(".inline-group")
  const text = (group?.querySelector("h2, h3") || field?.labels?.[0] || field?.closest(".form-row")?.querySelector("label, legend"))?.textContent
  return (text || "").trim().replace(/:$/, "")
}

function differences(form, fields) {
  const now = read(form)
  const names = new Set([...Object.keys(now), ...Object.keys(fields)])
  const labels = new Set()
  let differs = false
  for (const name of names) {
    if (name.startsWith("_") || name.endsWith("_FORMS")) continue
    const normal = (values) => JSON.stringify(values || []).replaceAll("\\r\\n", "\\n")
    if (normal(now[name]) === normal(fields[name])) continue
    if (!form.elements[name] && fields[name].every((value) => !value)) continue
    differs = true
    const rows = name.match(/^(.+)-\d+-/)
    labels.add(labelOf(form, name) || (rows && labelOf(form, `${rows[1]}-TOTAL_FORMS`)) || "")
  }
  labels.delete("")
  return differs ? [...labels] : null
}

function copies() {
  const found = []
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    try {
      const copy = JSON.parse(localStorage.getItem(key))
      if (typeof copy.path !== "string" || typeof copy.fields !== "object") throw new Error("not ours")
      found.push({ ...copy, key })
    } catch {
      localStorage.removeItem(key)
    }
  }
  return found.sort((one, other) => other.at - one.at)
}

const ofAccount = (copy) => copy.key.startsWith(`${PREFIX}${account.content}:`)

function tidy() {
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000
  copies().forEach((copy, i) => {
    if (i >= MOST_COPIES || copy.at < oldest) localStorage.removeItem(copy.key)
  })
}

function forgetSaved() {
  const saved = document.cookie.match(/(?:^|; )(__Host-)?gesichert=([^;]*)/)
  if (!saved) return
  for (const token of saved[2].split(".")) localStorage.removeItem(`${PREFIX}${account.content}:${token}`)
  document.cookie = saved[1] ? "__Host-gesichert=; max-age=0; path=/; secure" : "gesichert=; max-age=0; path=/"
}

function when(at) {
  const date = new Date(at)
  const clock = date.toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" })
  const yesterday = new Date(Date.now() - 24 * 3600 * 1000)
  if (date.toDateString() === new Date().toDateString()) return `heute, ${clock}`
  if (date.toDateString() === yesterday.toDateString()) return `gestern, ${clock}`
  return `${date.toLocaleDateString("de-DE", { day: "2-digit", month: "2-digit", year: "numeric" })}, ${clock}`
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag)
  made.textContent = text
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

class Keeper {
  constructor(form) {
    this.form = form
    this.box = form.querySelector("[data-keeping]")
    this.path = this.box.dataset.address + (new URLSearchParams(location.search).has("_popup") ? "?_popup" : "")
    this.key = `${PREFIX}${account.content}:${form.elements._token.value}`
    this.returned = Boolean(localStorage.getItem(this.key)) // the server sent the form back, with what was typed
    this.baseline = JSON.stringify(read(form))
    this.sending = this.leaving = false
    navigator.locks?.request(this.key, () => new Promise(() => {})) // tells other windows that this one is open
    this.listen()
    this.offer()
  }

  get changed() {
    return this.returned || JSON.stringify(read(this.form)) !== this.baseline
  }

  listen() {
    const later = () => {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.keep(), 500)
    }
    for (const kind of ["input", "change", "formset:added", "formset:removed"]) this.form.addEventListener(kind, later)
    window.django?.jQuery?.(this.form).on("change", later) // choices found while typing are known to jQuery alone
    document.addEventListener("visibilitychange", () => document.hidden && this.keep())
    window.addEventListener("pagehide", () => this.keep())
    window.addEventListener("pageshow", () => (this.sending = false))
    window.addEventListener("beforeunload", (event) => {
      if (!this.sending && this.changed) event.preventDefault()
    })
    this.form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || event.submitter?.formTarget) return
      this.keep()
      this.sending = true
    })
    this.form.addEventListener("desk:fill", (event) => fill(this.form, event.detail.fields, {}, event.detail.only))
  }

  keep() {
    clearTimeout(this.timer)
    if (this.leaving) return
    if (!this.changed) return localStorage.removeItem(this.key)
    const fields = read(this.form)
    const left = Object.keys(fields).filter((name) => fields[name].join("").length > MOST_CHARACTERS)
    for (const name of left) delete fields[name]
    const copy = { path: this.path, at: Date.now(), fields, left, labels: chosen(this.form) }
    this.warn(this.write(JSON.stringify(copy)) ? left : null)
  }

  write(text) {
    for (let tries = 0; tries <= MOST_COPIES; tries++) {
      try {
        localStorage.setItem(this.key, text)
        return true
      } catch {
        const oldest = copies().filter((copy) => copy.key !== this.key).at(-1)
        if (!oldest) return false
        localStorage.removeItem(oldest.key)
      }
    }
    return false
  }

  warn(left) {
    const names = left?.map((name) => labelOf(this.form, name)).join(", ")
    const text = left
      ? left.length && `Für eine Kopie in diesem Browser zu lang: ${names}. Alles andere wird mitgeschrieben.`
      : "Dieser Browser kann gerade keine Kopie Ihres Textes behalten. Bitte speichern Sie öfter."
    this.warning ||= this.box.appendChild(element("p", "", { role: "status", class: "keeping__warning" }))
    if (this.warning.textContent !== (text || "")) this.warning.textContent = text || ""
  }

  async offer() {
    const open = new Set(((await navigator.locks?.query())?.held || []).map((lock) => lock.name))
    for (const copy of copies().filter(ofAccount)) {
      if (copy.path !== this.path || copy.key === this.key || open.has(copy.key)) continue
      const labels = differences(this.form, copy.fields)
      if (labels) return this.show(copy, labels)
      localStorage.removeItem(copy.key)
    }
  }

  show(copy, labels) {
    const offer = element("section", "", { class: "keeping__offer", "aria-label": "Nicht gespeicherter Stand" })
    const take = element("button", "Übernehmen", { type: "button", class: "button default" })
    const drop = element("button", "Verwerfen", { type: "button", class: "button" })
    const what = labels.length ? ` Anders als hier: ${labels.join(", ")}.` : ""
    const text = element("p", `Nicht gespeicherter Stand von ${when(copy.at)}.${what}`, { role: "status" })
    offer.append(text, take, drop)
    this.box.append(offer)
    take.addEventListener("click", () => this.take(copy, offer, text))
    drop.addEventListener("click", () => {
      localStorage.removeItem(copy.key)
      offer.remove()
      this.offer()
    })
  }

  take(copy, offer, text) {
    fill(this.form, copy.fields, copy.labels)
    if (copy.fields._version && this.form.elements._version) this.form.elements._version.value = copy.fields._version[0]
    this.keep()
    localStorage.removeItem(copy.key)
    for (const button of offer.querySelectorAll("button")) button.remove()
    text.textContent = "Übernommen. Gespeichert ist damit noch nichts: Bitte sehen Sie den Text durch und speichern Sie ihn."
    text.tabIndex = -1
    text.focus()
  }
}

// On a shared machine nothing may stay behind; whoever has unsaved text is asked first.
function clearOnSigningOut() {
  for (const leave of document.querySelectorAll("form[action*=logout], form[action*=abmelden]")) {
    leave.addEventListener("submit", (event) => {
      const mine = copies().filter(ofAccount)
      const many = mine.length === 1 ? "liegt noch ein nicht gespeicherter Text" : `liegen noch ${mine.length} nicht gespeicherte Texte`
      if (mine.length && !confirm(`In diesem Browser ${many} von Ihnen. Beim Abmelden wird das gelöscht. Jetzt abmelden?`)) {
        return event.preventDefault()
      }
      for (const copy of mine) localStorage.removeItem(copy.key)
      if (keeper) keeper.sending = keeper.leaving = true
    })
  }
}

let keeper = null
if (account) {
  forgetSaved()
  tidy()
  clearOnSigningOut()
  if (form) {
    const begin = () => (keeper = new Keeper(form))
    if (document.readyState === "complete") begin()
    else window.addEventListener("load", begin)
  }
}
