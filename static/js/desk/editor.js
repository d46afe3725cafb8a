// Small repairs of the editing desk: German names for the text editor's buttons, a name for its text area.
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
}

function nameTextArea(editor) {
  const area = editor.querySelector(".ProseMirror[contenteditable]")
  const field = editor.querySelector("textarea")
  const label = field && document.querySelector(`label[for="${field.id}"]`)
  if (!area || !label) return
  label.id ||= `${field.id}-label`
  area.setAttribute("aria-labelledby", label.id)
  area.setAttribute("aria-multiline", "true")
}

function translateAnswers(option) {
  const german = { Yes: "Ja", No: "Nein" }[option.textContent]
  if (!german) return
  option.value = option.value // the dialog compares values, which were the texts so far
  option.textContent = german
}

function repair() {
  for (const option of document.querySelectorAll("dialog option")) translateAnswers(option)

  for (const editor of document.querySelectorAll(".prose-editor")) nameTextArea(editor)
  for (const button of document.querySelectorAll(".prose-menubar button[title]")) translate(button)
}

new MutationObserver(repair).observe(document.body, { childList: true, subtree: true })
repair()
