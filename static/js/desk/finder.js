// Find while typing, choose, create in place: an ARIA combobox in front of each <select class="finder">.
//
// The select stays the one place that knows what is chosen: other scripts may change it and send it a "change" event.
// Its options carry data-line, data-state and data-thumb. Forms added later are noticed by "formset:added".

const FAILED = "Das hat nicht geklappt. Ihre Eingaben sind noch da: Bitte versuchen Sie es noch einmal; vielleicht ist Ihre Anmeldung abgelaufen."
const WAIT = 120 // ms of quiet before a search
const finders = new WeakMap() // select → Finder
let count = 0

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "")
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value
const same = (first, second) => first.trim().localeCompare(second.trim(), "de", { sensitivity: "base" }) === 0
const orderKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("")

function picture(address) {
  return address ? [element("img", { src: address, alt: "", class: "finder__thumb", loading: "lazy" })] : []
}

function isEmpty(control) {
  if (control.type === "radio") return !document.querySelector(`[name="${control.name}"][form="${control.getAttribute("form")}"]:checked`)
  return control.type !== "range" && !control.value && !control.disabled
}

// Send a form; `progress` hears which share of it has gone.
function post(address, body, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest()
    request.open("POST", address)
    request.setRequestHeader("X-CSRFToken", token())
    if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total))
    request.onload = () => {
      const elsewhere = request.responseURL !== new URL(address, location).href // to the login
      done({ status: elsewhere ? 403 : request.status, text: request.responseText })
    }
    request.onerror = request.onabort = failed
    request.send(body)
  })
}

export class Finder {
  constructor(select) {
    this.select = select
    this.many = select.multiple
    this.grid = "grid" in select.dataset
    this.uploads = "uploads" in select.dataset && Boolean(select.dataset.create)
    this.key = `finder-${++count}`
    this.hits = []
    this.shown = null // the words that the hits in view belong to
    this.active = -1
    finders.set(select, this)
    this.build()
    this.listen()
    this.render()
  }

  // What is on the page ------------------------------------------------------

  build() {
    const { select } = this
    const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`)
    this.input = element("input", {
      type: "text", id: `${select.id || this.key}-finder`, class: "finder__input", role: "combobox", autocomplete: "off",
      spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-haspopup": "listbox",
      "aria-describedby": select.getAttribute("aria-describedby"), "aria-invalid": select.getAttribute("aria-invalid"),
      "aria-required": select.required ? "true" : null, placeholder: this.placeholder(),
    }) // prettier-ignore
    if (label) label.htmlFor = this.input.id
    else this.input.setAttribute("aria-label", select.dataset.label)
    this.chips = element("ul", { class: "finder__chips", "aria-label": "Ausgewählt", hidden: true })
    this.thumb = element("span", { class: "finder__chosen" })
    this.clear = element("button", { type: "button", class: "finder__clear", tabindex: "-1", hidden: true }, "×")
    this.line = element("span", { class: "finder__line" })
    this.list = element("ul", {
      role: "listbox", id: `${this.key}-list`, class: "finder__list", popover: "manual", "aria-label": "Treffer",
    }) // prettier-ignore
    this.status = element("span", { role: "status", class: "visually-hidden" })
    this.problem = element("span", { class: "finder__problem", id: `${this.key}-problem`, role: "alert" })
    this.panel = element("div", { class: "panel", role: "group", hidden: true })
    this.box = element("span", { class: "finder__box" }, this.thumb, this.input, this.clear)
    if (this.uploads) this.buildUpload()
    this.root = element(
      "div", { class: `finder-box${this.grid ? " finder-box--grid" : ""}` },
      this.chips, this.box, this.line, this.problem, this.list, this.status, this.panel,
    ) // prettier-ignore
    select.required = false
    select.hidden = true
    select.after(this.root)
    if (document.activeElement === select || select.autofocus) this.input.focus()
  }

  buildUpload() {
    const label = this.grid ? "Bild hochladen" : "Datei hochladen"
    this.picker = element("input", { type: "file", hidden: true, "aria-label": label })
    this.upload = element("button", { type: "button", class: "button finder__upload" }, label)
    this.box.append(this.upload, this.picker)
  }

  placeholder() {
    if (this.uploads) return this.grid ? "Suchen, oder ein Bild hierher ziehen" : "Suchen, oder eine Datei hierher ziehen"
    return this.select.dataset.create ? "Suchen oder neu anlegen" : "Suchen"
  }

  get chosen() {
    return [...this.select.selectedOptions].filter((option) => option.value)
  }

  // Show what the select says.
  render() {
    if (this.many) return this.renderChips()
    const [option] = this.chosen
    this.input.value = option ? option.text : ""
    this.clear.hidden = !option
    if (option) this.clear.setAttribute("aria-label", `${option.text} entfernen`)
    this.line.textContent = option ? [option.dataset.line, option.dataset.state].filter(Boolean).join(" · ") : ""
    this.thumb.replaceChildren(...(option ? picture(option.dataset.thumb) : []))
  }

  renderChips() {
    const chips = this.chosen.map((option) => {
      const name = [option.text, option.dataset.state].filter(Boolean).join(" · ")
      const remove = element("button", { type: "button", tabindex: "-1", "aria-label": `${option.text} entfernen` }, "×")
      remove.addEventListener("click", () => this.remove(option))
      return element("li", { class: "finder__chip" }, ...picture(option.dataset.thumb), name, remove)
    })
    this.chips.replaceChildren(...chips)
    this.chips.hidden = !chips.length
  }

  say(words) {
    this.status.textContent = ""
    setTimeout(() => (this.status.textContent = words), 50) // the same words are announced again
  }

  complain(words) {
    this.problem.textContent = words
    const described = (this.input.getAttribute("aria-describedby") || "").replace(this.problem.id, "").trim()
    this.input.setAttribute("aria-describedby", words ? `${described} ${this.problem.id}`.trim() : described)
  }

  // Events -------------------------------------------------------------------

  listen() {
    this.input.addEventListener("input", () => this.typed())
    this.input.addEventListener("keydown", (event) => this.pressed(event))
    this.input.addEventListener("click", () => this.isOpen || this.search(this.question, 0))
    this.input.addEventListener("focus", () => this.many || this.input.select())
    this.list.addEventListener("mousedown", (event) => event.preventDefault()) // the focus stays in the input
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]")
      if (option) this.take([...this.list.children].indexOf(option))
    })
    this.clear.addEventListener("click", () => this.remove(this.chosen[0]))
    this.chips.addEventListener("keydown", (event) => this.pressedInChips(event))
    this.root.addEventListener("focusout", (event) => this.root.contains(event.relatedTarget) || this.close())
    this.select.addEventListener("change", () => this.render())
    if (this.uploads) this.listenForFiles()
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return
      event.stopPropagation()
      this.closePanel()
    })
  }

  listenForFiles() {
    this.upload.addEventListener("click", () => this.picker.click())
    this.picker.addEventListener("change", () => {
      if (this.picker.files.length) this.receive(this.picker.files[0])
      this.picker.value = ""
    })
    this.input.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return
      event.preventDefault()
      this.receive(event.clipboardData.files[0])
    })
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files")
    for (const kind of ["dragenter", "dragover"]) {
      this.root.addEventListener(kind, (event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        this.root.classList.add("finder-box--over")
      })
    }
    for (const kind of ["dragleave", "drop"]) {
      this.root.addEventListener(kind, () => this.root.classList.remove("finder-box--over"))
    }
    this.root.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      this.receive(event.dataTransfer.files[0])
    })
  }

  // A file from the picker, the clipboard or the desktop: the panel opens with it.
  async receive(file) {
    if (this.sending) return
    this.close()
    if (this.panel.hidden) await this.askForPanel(this.question)
    const input = this.panel.querySelector("input[type=file]")
    if (!input) return
    const files = new DataTransfer()
    files.items.add(file)
    input.files = files.files
    input.dispatchEvent(new Event("change", { bubbles: true }))
    this.focusPanel()
  }

  // What is searched for: nothing while the input only names what is chosen.
  get question() {
    const text = this.input.value.trim()
    return !this.many && this.chosen.some((option) => option.text === text) ? "" : text
  }

  // What stands between this field and sending the form, in words.
  get unresolved() {
    if (this.sending) return "Hier wird noch etwas hochgeladen oder angelegt: Bitte warten Sie einen Augenblick."
    if (!this.panel.hidden) return "Der neue Eintrag ist noch nicht angelegt: Bitte legen Sie ihn an oder brechen Sie ab."
    if (!this.question) return ""
    return `„${this.question}“ ist noch nicht ausgewählt: Bitte nehmen Sie einen Treffer, legen Sie neu an oder leeren Sie das Feld.`
  }

  typed() {
    this.complain("")
    if (!this.many && this.chosen.length && !this.input.value.trim()) this.remove(this.chosen[0], false)
    this.search(this.question)
  }

  pressed(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 }
    if (event.isComposing) return
    if (event.key in moves) {
      event.preventDefault()
      if (!this.isOpen) return this.search(this.question, 0)
      this.move(moves[event.key] * (this.grid ? this.columns : 1))
    } else if (this.grid && this.walking && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault()
      this.move(event.key === "ArrowRight" ? 1 : -1)
    } else if (event.key === "Enter") {
      event.preventDefault() // never sends the form
      this.enter()
    } else if (event.key === "Tab") {
      if (this.isOpen && this.question && this.shown === this.question && this.hits[this.active]) this.take(this.active)
      else this.close()
    } else if (event.key === "Escape") {
      if (this.isOpen) event.stopPropagation()
      if (this.isOpen) this.close()
      else if (!this.many && this.chosen.length) this.render()
    } else if (this.many && this.chosen.length && !this.input.value && event.key === "Backspace") {
      this.remove(this.chosen.at(-1))
    } else if (this.many && this.chosen.length && !this.input.selectionEnd && event.key === "ArrowLeft") {
      event.preventDefault()
      this.chips.lastElementChild.querySelector("button").focus()
    }
  }

  pressedInChips(event) {
    const chip = event.target.closest("li")
    const to = { ArrowLeft: chip.previousElementSibling, ArrowRight: chip.nextElementSibling }
    if (event.key in to) {
      event.preventDefault()
      ;(to[event.key]?.querySelector("button") || this.input).focus()
    } else if (event.key === "Backspace" || event.key === "Delete") {
      event.preventDefault()
      event.target.click()
    }
  }

  // Enter takes what is marked; before the answer is there it waits for it.
  enter() {
    if (this.isOpen && this.shown === this.question) return this.active >= 0 && this.take(this.active)
    if (!this.question) return
    this.entered = true
    this.search(this.question, 0)
  }

  // Searching ----------------------------------------------------------------

  search(words, wait = WAIT) {
    clearTimeout(this.timer)
    this.asking?.abort()
    if (wait) this.entered = false
    this.timer = setTimeout(() => this.ask(words), wait)
  }

  async ask(words) {
    this.asking = new AbortController()
    const { signal } = this.asking
    try {
      const answer = await fetch(`${this.select.dataset.find}?${new URLSearchParams({ q: words })}`, {
        headers: { Accept: "application/json" }, signal,
      }) // prettier-ignore
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      const { hits, nearly } = await answer.json()
      if (!signal.aborted) this.show(words, hits, nearly)
    } catch (error) {
      if (error.name === "AbortError") return
      this.close()
      this.complain("Die Suche antwortet gerade nicht. Bitte versuchen Sie es noch einmal; vielleicht ist Ihre Anmeldung abgelaufen.")
    }
  }

  show(words, hits, nearly) {
    if (document.activeElement !== this.input) return
    const taken = new Set(this.many ? this.chosen.map((option) => option.value) : [])
    this.shown = this.list.dataset.words = words
    this.hits = hits.filter((hit) => !taken.has(hit.id))
    const exact = this.hits.filter((hit) => same(hit.label, words))
    this.creates = Boolean((words || this.uploads) && this.select.dataset.create && !(exact.length && "atOnce" in this.select.dataset))
    this.drawHits(words)
    this.walking = false
    this.mark(exact.length === 1 ? this.hits.indexOf(exact[0]) : nearly || !words ? -1 : 0)
    if (!this.hits.length && this.creates) this.mark(0)
    this.open()
    this.announce(nearly)
    if (this.entered && this.active >= 0) this.take(this.active)
    this.entered = false
  }

  drawHits(words) {
    const options = this.hits.map((hit) =>
      this.option("", ...picture(hit.thumb), element("span", { class: "finder__label" }, hit.label),
        ...(hit.state ? [element("span", { class: "finder__state" }, hit.state)] : []),
        ...(hit.line ? [element("span", { class: "finder__line" }, hit.line)] : [])),
    ) // prettier-ignore
    const creates = this.uploads ? this.upload.textContent : `„${words}“ neu anlegen`
    if (this.creates) options.push(this.option(" finder__option--create", creates))
    this.list.replaceChildren(...options)
    if (!options.length) this.list.append(element("li", { class: "finder__nothing", role: "option", "aria-disabled": "true" }, "Nichts gefunden"))
  }

  option(look, ...children) {
    const id = `${this.key}-option-${this.list.dataset.next = Number(this.list.dataset.next || 0) + 1}`
    return element("li", { role: "option", id, class: `finder__option${look}`, "aria-selected": "false" }, ...children)
  }

  announce(nearly) {
    const number = this.hits.length
    const found = number === 1 ? "1 Treffer" : number ? `${number} Treffer` : "Nichts gefunden"
    const words = nearly && number ? `Nur Ähnliches gefunden: ${found}` : found
    this.say(this.creates ? `${words}. Neu anlegen ist möglich.` : `${words}.`)
  }

  get columns() {
    const tops = [...this.list.children].map((option) => option.offsetTop)
    return Math.max(1, tops.filter((top) => top === tops[0]).length)
  }

  get last() {
    return this.hits.length - 1 + (this.creates ? 1 : 0)
  }

  move(step) {
    this.walking = true
    const next = this.active < 0 ? (step > 0 ? 0 : this.last) : this.active + step
    this.mark(next > this.last ? (this.active === this.last ? 0 : this.last) : next < 0 ? (this.active ? 0 : this.last) : next)
  }

  mark(place) {
    this.active = Math.min(place, this.last)
    const options = this.list.querySelectorAll(".finder__option")
    for (const [index, option] of options.entries()) option.setAttribute("aria-selected", String(index === this.active))
    const option = options[this.active]
    if (option) this.input.setAttribute("aria-activedescendant", option.id)
    else this.input.removeAttribute("aria-activedescendant")
    option?.scrollIntoView({ block: "nearest" })
  }

  get isOpen() {
    return this.input.getAttribute("aria-expanded") === "true"
  }

  open() {
    this.input.setAttribute("aria-expanded", "true")
    this.input.setAttribute("aria-controls", this.list.id)
    if (!this.list.matches(":popover-open")) this.list.showPopover()
    this.place()
    this.placing ||= () => this.place()
    addEventListener("scroll", this.placing, { capture: true, passive: true })
    addEventListener("resize", this.placing)
  }

  // Below the input, or above it where there is more room.
  place() {
    const box = this.box.getBoundingClientRect()
    const below = innerHeight - box.bottom
    const above = below < 200 && box.top > below
    const width = Math.min(Math.max(box.width, this.grid ? 560 : 320), document.documentElement.clientWidth - 16)
    const style = this.list.style
    style.width = `${width}px`
    style.left = `${Math.max(8, Math.min(box.left, document.documentElement.clientWidth - width - 8))}px`
    style.top = above ? "auto" : `${box.bottom + 2}px`
    style.bottom = above ? `${innerHeight - box.top + 2}px` : "auto"
    style.maxHeight = `${Math.max(120, Math.min(this.grid ? 520 : 340, (above ? box.top : below) - 12))}px`
  }

  close() {
    clearTimeout(this.timer)
    this.asking?.abort()
    if (!this.isOpen) return
    this.input.setAttribute("aria-expanded", "false")
    this.input.removeAttribute("aria-activedescendant")
    this.list.hidePopover()
    this.active = -1
    removeEventListener("scroll", this.placing, { capture: true })
    removeEventListener("resize", this.placing)
  }

  // Choosing -----------------------------------------------------------------

  take(place) {
    const hit = this.hits[place]
    if (hit) this.choose(hit)
    else if (this.creates) this.create(this.shown)
  }

  choose(hit) {
    let option = [...this.select.options].find((one) => one.value === hit.id)
    if (!option) this.select.add((option = new Option(hit.label, hit.id)))
    for (const key of ["line", "state", "thumb"]) if (hit[key]) option.dataset[key] = hit[key]
    if (this.many) this.select.append(option) // the latest comes last
    option.selected = true
    this.input.value = ""
    this.complain("")
    this.close()
    this.changed()
    this.say(`${hit.label} ausgewählt.`)
  }

  remove(option, focus = true) {
    const text = option.text
    option.selected = false
    if (!this.many) this.select.value = ""
    this.changed()
    if (focus) this.input.focus()
    this.say(`${text} entfernt.`)
  }

  changed() {
    this.select.dispatchEvent(new Event("change", { bubbles: true })) // is shown by render()
  }

  // Creating -----------------------------------------------------------------

  create(words) {
    this.close()
    if (this.uploads) return this.picker.click()
    if ("atOnce" in this.select.dataset) {
      const answers = new FormData()
      answers.set("q", words)
      answers.set("at_once", "1")
      return this.send(answers)
    }
    return this.askForPanel(words)
  }

  async askForPanel(words) {
    const answer = await this.fetch(`${this.select.dataset.create}?${new URLSearchParams({ q: words })}`)
    if (answer) this.openPanel(await answer.text())
  }

  async fetch(address, options = {}) {
    try {
      const answer = await fetch(address, options)
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      return answer
    } catch {
      this.complain(FAILED)
      return null
    }
  }

  openPanel(html) {
    this.form ||= document.body.appendChild(element("form", { id: `${this.key}-form`, hidden: true, novalidate: true }))
    this.form.onsubmit = (event) => {
      event.preventDefault()
      this.send(new FormData(this.form))
    }
    this.order ||= orderKey()
    this.panel.innerHTML = html // our own template
    this.panel.setAttribute("aria-label", `${this.select.dataset.kind} anlegen`)
    for (const control of this.panel.querySelectorAll("input, select, textarea, button")) {
      control.setAttribute("form", this.form.id) // belongs to the panel, not to the form around it
    }
    for (const button of this.panel.querySelectorAll(".panel__take")) {
      button.addEventListener("click", () => this.finish({ ...button.dataset }))
    }
    this.panel.querySelector(".panel__cancel").addEventListener("click", () => this.closePanel())
    this.panel.hidden = false
    this.panel.dispatchEvent(new CustomEvent("panel:opened", { bubbles: true }))
    this.focusPanel()
  }

  focusPanel() {
    const controls = [...this.panel.querySelectorAll("input:not([type=hidden]), select, textarea")]
    const wrong = this.panel.querySelector(".errorlist") && controls.find((one) => one.getAttribute("aria-invalid"))
    const doubles = this.panel.querySelector(".panel__take")
    ;(wrong || doubles || controls.find(isEmpty) || controls[0] || this.panel.querySelector("[type=submit]")).focus()
    this.panel.scrollIntoView({ block: "nearest" })
  }

  closePanel() {
    const here = this.panel.contains(document.activeElement) || document.activeElement === document.body
    this.panel.hidden = true
    this.panel.replaceChildren()
    this.order = null
    if (here) this.input.focus() // who has gone on writing elsewhere stays there
  }

  async send(answers) {
    if (this.sending) return
    this.sending = true
    this.order ||= orderKey()
    answers.set("order", this.order)
    this.panel.setAttribute("aria-busy", "true")
    const progress = this.showProgress([...answers.values()].some((value) => value instanceof File && value.size))
    try {
      const answer = await post(this.select.dataset.create, answers, progress)
      if (answer.status === 201) this.finish(JSON.parse(answer.text), "angelegt")
      else if (answer.status === 200) this.reopen(answer.text)
      else throw new Error(answer.status)
    } catch {
      this.complain(FAILED)
    } finally {
      this.sending = false
      this.panel.removeAttribute("aria-busy")
      this.panel.querySelector(".panel__progress")?.remove()
    }
  }

  // The same panel with what is wrong; a browser does not let us fill in the file, but we can keep it.
  reopen(html) {
    const before = this.panel.querySelector("input[type=file]")
    const wrong = new DOMParser().parseFromString(html, "text/html").querySelector(".panel__field--file .errorlist")
    const files = before && !wrong ? before.files : null
    const point = this.panel.querySelector(".focal-point")?.value
    this.openPanel(html)
    if (!files?.length) return
    const input = this.panel.querySelector("input[type=file]")
    input.files = files
    input.dispatchEvent(new Event("change", { bubbles: true }))
    if (point) setTimeout(() => this.panel.querySelector(".focal-point")?.dispatchEvent(new CustomEvent("focal:set", { detail: point })), 0)
    this.focusPanel()
  }

  showProgress(withFile) {
    if (!withFile || this.panel.hidden) return null
    const words = element("span", { role: "status" })
    const bar = element("progress", { max: "1", value: "0", "aria-label": "Hochladen" })
    this.panel.append(element("p", { class: "panel__progress" }, bar, words))
    setTimeout(() => (words.textContent = "Wird hochgeladen …"), 50)
    return (share) => {
      bar.value = share
      if (share < 1) return
      bar.removeAttribute("value")
      words.textContent = "Wird verarbeitet … Sie können inzwischen weiterschreiben."
    }
  }

  finish(hit, verb = "ausgewählt") {
    this.closePanel()
    this.choose(hit)
    this.say(`${hit.label} ${verb}.`)
  }
}

function enhance(root) {
  for (const select of root.querySelectorAll("select.finder")) {
    const template = select.closest(".empty-form, .picks__row") || select.id.includes("__prefix__")
    if (!template && !finders.has(select)) new Finder(select)
  }
}

// What is typed and not chosen must not get lost silently.
document.addEventListener(
  "submit",
  (event) => {
    const all = [...event.target.querySelectorAll("select.finder")].map((select) => finders.get(select))
    const open = all.find((finder) => finder?.unresolved)
    if (!open) return
    event.preventDefault()
    event.stopImmediatePropagation()
    open.input.focus()
    open.complain(open.unresolved)
  },
  true,
)
document.addEventListener("formset:added", (event) => enhance(event.target))
enhance(document)
