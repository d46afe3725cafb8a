// Hints below each text while somebody writes: never blocking, each with a button that leads to its place.
import { EASE_SOURCE, easeInWords, hintsFor, readingEase } from "desk/german"

const NAMES = { heading: "Überschrift", link: "Link", capitals: "Großbuchstaben", abbreviation: "Abkürzung", sentence: "Langer Satz", gender: "Gendern", word: "Langes Wort" }
const MOST_SHOWN = 50
const LIMIT = 300_000 // characters; beyond, hints would only slow down writing
const house = JSON.parse(document.getElementById("writing-rules")?.textContent || "null")
const LEADS = "textarea[name=lead], textarea[name=summary]"

const editorOf = (field) => field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor

// The blocks of an editor's text, each with the position of its first character in the document.
export function blocksOf(editor) {
  const blocks = []
  editor.state.doc.descendants((node, at, parent) => {
    if (!node.isTextblock) return true
    const links = []
    node.descendants((text, from) => {
      const href = text.marks?.find((mark) => mark.type.name === "link")?.attrs.href
      const last = links.at(-1)
      if (!href) return
      if (last && last.href === href && last.end === from) last.end += text.nodeSize
      else links.push({ start: from, end: from + text.nodeSize, href })
    })
    const type = node.type.name === "heading" ? "heading" : parent.type.name === "listItem" ? "item" : "paragraph"
    blocks.push({ type, level: node.attrs.level, text: node.textBetween(0, node.content.size, "\n", "\n"), links, at: at + 1 })
    return false
  })
  return blocks
}

function linesOf(field) {
  let at = 0
  return field.value.split("\n").map((text) => {
    const block = { type: "paragraph", text, links: [], at }
    at += text.length + 1
    return block
  })
}

class Panel {
  constructor(field, editor) {
    this.field = field
    this.editor = editor
    this.rules = { ...house, easy: field.name.includes("easy_") }
    this.build()
    if (editor) editor.on("update", () => this.later())
    else field.addEventListener("input", () => this.later())
    this.check()
  }

  build() {
    this.box = document.createElement("details")
    this.box.className = "help hints"
    const summary = document.createElement("summary")
    this.count = document.createElement("span")
    this.count.setAttribute("role", "status")
    this.ease = document.createElement("span")
    this.ease.className = "hints__ease"
    this.list = document.createElement("ul")
    this.source = Object.assign(document.createElement("p"), { className: "hints__source", textContent: EASE_SOURCE })
    summary.append(this.count, this.ease)
    this.box.append(summary, this.list, this.source)
    this.box.addEventListener("toggle", () => this.box.open && this.show())
    const line = this.field.closest(".flex-container")
    if (line) line.parentElement.append(this.box)
    else (this.field.closest(".prose-editor") || this.field).after(this.box)
  }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.check(), 600)
  }

  check() {
    this.blocks = this.editor ? blocksOf(this.editor) : linesOf(this.field)
    const length = this.blocks.reduce((sum, block) => sum + block.text.length, 0)
    this.hints = length > LIMIT ? [] : hintsFor(this.blocks, this.rules)
    const ease = length > LIMIT ? null : readingEase(this.blocks)
    const text = this.hints.length ? `Hinweise (${this.hints.length})` : "Keine Hinweise"
    if (this.count.textContent !== text) this.count.textContent = text
    this.box.firstElementChild.tabIndex = this.hints.length || ease ? 0 : -1 // nothing to open is no stop of the tabulator
    this.list.hidden = !this.hints.length
    this.source.hidden = !ease
    this.ease.textContent = ease ? easeInWords(ease, this.rules.easy) : ""
    if (this.box.open) this.show()
  }

  show() {
    const items = this.hints.slice(0, MOST_SHOWN).map((hint) => this.item(hint))
    if (this.hints.length > MOST_SHOWN) items.push(Object.assign(document.createElement("li"), { textContent: `… und ${this.hints.length - MOST_SHOWN} weitere.` }))
    this.list.replaceChildren(...items)
  }

  item(hint) {
    const item = document.createElement("li")
    const button = Object.assign(document.createElement("button"), { type: "button", className: "hints__place" })
    const kind = Object.assign(document.createElement("strong"), { textContent: NAMES[hint.kind] })
    button.append(kind, ` ${hint.what}`)
    button.addEventListener("click", () => this.goTo(hint))
    item.append(button, Object.assign(document.createElement("span"), { className: "hints__why", textContent: hint.why }))
    return item
  }

  // The text may have changed since: a place that is gone leads to the nearest one.
  goTo(hint) {
    const from = this.blocks[hint.block].at + hint.start
    const to = this.blocks[hint.block].at + hint.end
    if (!this.editor) {
      this.field.focus()
      return this.field.setSelectionRange(from, to)
    }
    const size = this.editor.state.doc.content.size
    this.editor.chain().focus().setTextSelection({ from: Math.min(from, size), to: Math.min(to, size) }).scrollIntoView().run()
  }
}

function attach(field) {
  if (!house || field.dataset.hinted || field.id.includes("__prefix__")) return
  field.dataset.hinted = "1"
  new Panel(field, editorOf(field))
}

document.addEventListener("prose-editor:ready", (event) => attach(event.detail.textarea))
for (const field of document.querySelectorAll(".prose-editor textarea")) if (editorOf(field)) attach(field)
for (const field of document.querySelectorAll(LEADS)) attach(field)
