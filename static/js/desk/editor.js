// Small repairs of the text editor: German names for its buttons, a name for its text area, a toolbar for the keyboard.
const GERMAN = {
  "heading 2": "Überschrift",
  "heading 3": "Kleine Überschrift",
  bold: "Fett",
  italic: "Kursiv",
  "unordered list": "Liste",
  "ordered list": "Nummerierte Liste",
  blockquote: "Zitat",
  paragraph: "Absatz",
  "insert link": "Link setzen",
  "remove link": "Link entfernen",
  "insert table": "Tabelle einfügen",
  "table properties": "Tabelle einstellen",
  "add column": "Spalte hinzufügen",
  "delete column": "Spalte löschen",
  "add row": "Zeile hinzufügen",
  "delete row": "Zeile löschen",
  "delete table": "Tabelle löschen",
  "merge cells": "Zellen verbinden",
  "split cell": "Zelle teilen",
  "toggle header cell": "Kopfzelle an oder aus",
  undo: "Rückgängig",
  redo: "Wiederholen",
}

function translate(button) {
  const german = GERMAN[(button.title || "").toLowerCase()]
  if (!german) return
  button.title = german
  button.setAttribute("aria-label", german)
  if (german.endsWith("iste")) button.setAttribute("aria-description", "Alt+Umschalt+Pfeil rechts rückt einen Punkt ein, Pfeil links wieder aus")
}

const labelOf = (editor) => {
  const field = editor.querySelector("textarea")
  return field && document.querySelector(`label[for="${field.id}"]`)
}

function nameTextArea(editor) {
  const area = editor.querySelector(".ProseMirror[contenteditable]")
  const label = labelOf(editor)
  if (!area || !label) return
  label.id ||= `${label.htmlFor}-label`
  area.setAttribute("aria-labelledby", label.id)
  area.setAttribute("aria-multiline", "true")
}

function translateAnswers(option) {
  const german = { Yes: "Ja", No: "Nein" }[option.textContent]
  if (!german) return
  option.value = option.value // the dialog compares values, which were the texts so far
  option.textContent = german
}

// The package makes the opener of a dropdown a <div>, which no key reaches.
function openWithKeys(dropdown) {
  const opener = dropdown.querySelector(".prose-menubar__selected")
  const picker = dropdown.querySelector(".prose-menubar__picker")
  const shown = opener.querySelector("button")
  const name = `${shown?.title || "Auswahl"}: ${shown?.textContent || "keine"}`
  if (opener.getAttribute("aria-label") !== name) opener.setAttribute("aria-label", name)
  if (shown && !shown.inert) shown.inert = true // the opener itself is the button
  if (dropdown.dataset.keys) return
  dropdown.dataset.keys = "1"
  picker.id ||= `picker-${crypto.getRandomValues(new Uint32Array(1))[0]}`
  const attributes = { role: "button", tabindex: "0", "aria-haspopup": "true", "aria-expanded": "false", "aria-controls": picker.id }
  for (const [key, value] of Object.entries(attributes)) opener.setAttribute(key, value)
  const options = () => [...picker.querySelectorAll(".prose-menubar__option:not(.hidden)")]
  opener.addEventListener("keydown", (event) => {
    if (!["Enter", " ", "ArrowDown"].includes(event.key)) return
    event.preventDefault()
    event.stopPropagation() // arrows move along the toolbar otherwise
    opener.click()
    options()[0]?.focus()
  })
  picker.addEventListener("keydown", (event) => {
    const all = options()
    const here = all.indexOf(document.activeElement)
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key]
    event.stopPropagation()
    if (next === undefined) return
    event.preventDefault()
    all[(next + all.length) % all.length].focus()
  })
  picker.addEventListener("toggle", (event) => {
    const open = event.newState === "open"
    opener.setAttribute("aria-expanded", String(open))
    if (!open && picker.contains(document.activeElement)) opener.focus()
  })
}

const PARTS = ".prose-menubar__group > button:not(.hidden), .prose-menubar__selected"

// One stop for Tab, arrows inside (ARIA Authoring Practices, toolbar); Alt+F10 leads there from the text.
function makeToolbar(bar) {
  const parts = [...bar.querySelectorAll(PARTS)]
  const current = parts.find((part) => part.dataset.current) || parts[0]
  for (const part of bar.querySelectorAll(".prose-menubar__group > button, .prose-menubar__selected")) {
    const stop = part === current ? 0 : -1
    if (part.tabIndex !== stop) part.tabIndex = stop
  }
  for (const button of bar.querySelectorAll(".prose-menubar__group > button")) {
    const pressed = String(button.classList.contains("active"))
    const off = String(button.classList.contains("disabled"))
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed)
    if (button.getAttribute("aria-disabled") !== off) button.setAttribute("aria-disabled", off)
  }
  if (bar.getAttribute("role") === "toolbar") return
  bar.setAttribute("role", "toolbar")
  const editor = bar.closest(".prose-editor")
  bar.setAttribute("aria-label", `Formatierung: ${labelOf(editor)?.textContent.replace(/:$/, "") || "Text"}`)
  const focusOn = (part) => {
    for (const one of bar.querySelectorAll("[data-current]")) delete one.dataset.current
    part.dataset.current = "1"
    makeToolbar(bar)
    part.focus()
  }
  bar.addEventListener("keydown", (event) => {
    const all = [...bar.querySelectorAll(PARTS)]
    const here = all.indexOf(event.target)
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key]
    if (event.key === "Escape") editor.querySelector(".ProseMirror[contenteditable]").focus()
    if (next === undefined || here < 0) return
    event.preventDefault()
    focusOn(all[(next + all.length) % all.length])
  })
  editor.querySelector(".ProseMirror[contenteditable]")?.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "F10") {
      event.preventDefault()
      focusOn(bar.querySelector("[data-current]") || bar.querySelector(PARTS))
    }
  })
}

const LEVELS = { ArrowRight: "sinkListItem", ArrowLeft: "liftListItem" }

// Tab leaves the text, from lists and the last cell of a table, too (WCAG 2.1.2); lists have keys of their own, as in Word.
function letTabLeave(editor) {
  if (editor.dataset.tabs) return
  editor.dataset.tabs = "leave"
  editor.addEventListener(
    "keydown",
    (event) => {
      const text = event.target.closest(".ProseMirror[contenteditable]")
      const level = event.altKey && event.shiftKey && LEVELS[event.key]
      if (text && event.key === "Tab") {
        event.stopPropagation()
        const move = event.shiftKey ? "goToPreviousCell" : "goToNextCell"
        if (text.editor.commands[move]?.()) event.preventDefault()
      } else if (text && level && text.editor.commands[level]("listItem")) event.preventDefault()
    },
    { capture: true },
  )
}

function repair() {
  for (const editor of document.querySelectorAll(".prose-editor")) letTabLeave(editor)
  for (const option of document.querySelectorAll("dialog option")) translateAnswers(option)
  for (const editor of document.querySelectorAll(".prose-editor")) nameTextArea(editor)
  for (const button of document.querySelectorAll(".prose-menubar button[title]")) translate(button)
  for (const dropdown of document.querySelectorAll(".prose-menubar__dropdown")) openWithKeys(dropdown)
  for (const bar of document.querySelectorAll(".prose-menubar")) makeToolbar(bar)
}

const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] }
new MutationObserver(repair).observe(document.body, watched)
repair()
