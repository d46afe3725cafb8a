// Lists of chosen things (contact persons, downloads, pictures, districts): cards in order, one search to add more.
//
// The rows stay Django's formset. Nothing is ever renumbered: what is removed is marked for deletion and hidden.

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

class Picks {
  constructor(group) {
    this.group = group
    this.prefix = group.dataset.picks
    this.list = group.querySelector(".picks__rows")
    this.status = group.querySelector("[role=status]")
    this.template = group.querySelector("template")
    this.total = group.querySelector(`[name="${this.prefix}-TOTAL_FORMS"]`)
    this.dropSpares()
    for (const row of this.rows) this.dress(row)
    const adder = group.querySelector(".picks__add")
    if (!adder) return
    adder.hidden = false
    group.addEventListener("picks:add", () => this.list.append(this.fresh()))
    this.list.addEventListener("change", ({ target }) => this.chosenElsewhere(target))
    this.adder = adder.querySelector("select")
    this.adder.addEventListener("change", () => this.added())
  }

  get rows() {
    return [...this.list.children]
  }

  say(words) {
    this.status.textContent = ""
    setTimeout(() => (this.status.textContent = words), 100) // after what the search says itself
  }

  // The empty rows at the end are for those without a script.
  dropSpares() {
    for (const row of this.rows.reverse()) {
      if (row.querySelector("select")?.value || row.querySelector("[name$='-id']")?.value) break
      row.remove()
      this.total.value = Number(this.total.value) - 1
    }
  }

  // A row with a choice becomes a card, one without waits unseen.
  dress(row) {
    const select = row.querySelector("select")
    const option = select?.selectedOptions[0]
    row.classList.add("picks__row--dressed")
    for (const label of row.querySelectorAll(".picks__fields label")) label.remove()
    row.hidden = !option?.value || Boolean(this.deletion(row)?.checked)
    row.querySelector(".picks__card")?.remove()
    if (option?.value) row.append(this.card(row, option))
  }

  card(row, option) {
    const { thumb, line, state } = option.dataset
    const text = element("span", { class: "picks__text" }, element("span", { class: "picks__label" }, option.text))
    const facts = [line, state].filter(Boolean).join(" · ")
    if (facts) text.append(element("span", { class: "finder__line" }, facts))
    const card = element("div", { class: "picks__card" }, text)
    if (thumb) card.prepend(element("img", { src: thumb, alt: "", class: "picks__thumb", loading: "lazy" }))
    const actions = element("span", { class: "picks__actions" })
    if (this.deletion(row) || !row.querySelector("[name$='-id']")?.value) {
      const remove = element("button", { type: "button", "aria-label": `${option.text} entfernen` }, "×")
      remove.addEventListener("click", () => this.remove(row, option.text))
      actions.append(remove)
    }
    card.append(actions)
    return card
  }

  deletion(row) {
    return row.querySelector("[name$='-DELETE']")
  }

  get shown() {
    return this.rows.filter((row) => !row.hidden)
  }

  added() {
    const chosen = this.adder.selectedOptions[0]
    if (!chosen?.value) return
    const there = this.rows.find((row) => row.querySelector("select").value === chosen.value)
    if (there && !there.hidden) this.say(`${chosen.text} steht schon in der Liste.`)
    else {
      const row = there || this.spare()
      this.fill(row, chosen)
      this.list.append(row)
      this.settle(row)
      this.say(`${chosen.text} hinzugefügt, Platz ${this.shown.length}.`)
    }
    this.adder.value = ""
    this.adder.dispatchEvent(new Event("change"))
  }

  // Another script has filled in a row that it asked for with picks:add.
  chosenElsewhere(select) {
    const row = select.closest(".picks__row")
    if (!row?.hidden || select !== row.querySelector("select") || !select.value) return
    if (this.shown.some((one) => one.querySelector("select").value === select.value)) select.value = ""
    else this.settle(row)
  }

  // An empty row: the one that was there, or a new one.
  spare() {
    return this.rows.find((row) => !row.querySelector("select").value) || this.fresh()
  }

  fresh() {
    const copy = this.template.content.firstElementChild.cloneNode(true)
    for (const one of copy.querySelectorAll("[id], [name], [for]")) {
      for (const name of ["id", "name", "for"]) {
        const value = one.getAttribute(name)
        if (value) one.setAttribute(name, value.replace("__prefix__", this.total.value))
      }
    }
    this.total.value = Number(this.total.value) + 1
    copy.hidden = true
    return copy
  }

  fill(row, chosen) {
    const select = row.querySelector("select")
    if (![...select.options].some((option) => option.value === chosen.value)) select.add(new Option(chosen.text, chosen.value))
    select.value = chosen.value
    Object.assign(select.selectedOptions[0].dataset, chosen.dataset)
    if (this.deletion(row)) this.deletion(row).checked = false
  }

  settle(row) {
    this.dress(row)
    row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: this.prefix } }))
  }

  remove(row, name) {
    const next = row.nextElementSibling
    const deletion = this.deletion(row)
    if (deletion) deletion.checked = true
    else {
      row.querySelector("select").value = "" // a new row as it was: Django passes it over
      row.querySelector("[name$='-position']").value = 0
    }
    row.hidden = true
    row.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }))
    const to = (next && !next.hidden && next.querySelector("button")) || this.group.querySelector(".picks__add .finder__input")
    to?.focus()
    this.say(`${name} entfernt.`)
  }
}

for (const group of document.querySelectorAll("[data-picks]")) new Picks(group)
