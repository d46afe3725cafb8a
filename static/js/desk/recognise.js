// “Programm erkennen” without leaving the form: what was found comes as HTML, what was taken over as steps to replay.
const box = document.querySelector(".recognise")
const form = box?.closest("form")

const status = (text) => {
  box.querySelector(".recognise__status").textContent = text
}

async function send(address) {
  const data = new FormData(form)
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
  return fetch(address, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } })
}

async function recognise(button) {
  button.disabled = true
  status("Der Text wird gelesen …")
  const answer = await send(box.dataset.recognise).catch(() => null)
  button.disabled = false
  if (!answer?.ok) return status("Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.")
  const place = box.querySelector(".recognise__found")
  place.innerHTML = await answer.text()
  const found = place.querySelector(".found")
  status(found ? "Gefunden. Bitte prüfen Sie die Vorschläge." : "")
  for (const button of place.querySelectorAll("[data-dismiss]")) button.hidden = false
  tame(place)
  found?.focus()
}

// What the page says about its picture waits for the panel in which that picture is uploaded.
let pictureFacts = {}

function keepPictureFacts() {
  pictureFacts = {}
  for (const one of box.querySelectorAll("[data-picture-fact]")) pictureFacts[one.dataset.pictureFact] = one.dataset.value
}

function describePicture({ target: panel }) {
  if (!panel.closest(".field-picture")) return
  const fields = Object.keys(pictureFacts).map((name) => panel.querySelector(`[name="${name}"]`))
  if (fields.some((field) => !field || field.value)) return
  for (const field of fields) {
    field.value = pictureFacts[field.name]
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

async function takeOver(button) {
  button.disabled = true
  status("Wird übernommen …")
  const answer = await send(box.dataset.accept).catch(() => null)
  const result = await answer?.json().catch(() => null)
  button.disabled = false
  if (!result?.steps) return status(result?.error || "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.")
  for (const step of result.steps) step.add ? add(step.add) : set(step)
  document.dispatchEvent(new CustomEvent("cards:filled"))
  keepPictureFacts()
  box.querySelector(".recognise__found").replaceChildren()
  box.querySelector("#pasted_text").value = ""
  box.querySelector("[name=pasted_html]").value = ""
  status("Übernommen, noch nicht gespeichert. Bitte prüfen Sie die Felder, und speichern Sie dann.")
  box.querySelector(".recognise__status").insertAdjacentHTML("beforeend", result.stored ? ` ${result.stored}` : "")
  box.querySelector(".recognise__status").scrollIntoView({ block: "nearest" })
}

// Enter in a field saves, as everywhere, and does not press the first button of the form
function tame(root) {
  for (const button of root.querySelectorAll("button[type=submit]")) button.type = "button"
}

function add(prefix) {
  const cards = document.querySelector(`template[data-empty-of="${prefix}"]`)
  if (cards) cards.dispatchEvent(new CustomEvent("cards:add", { bubbles: true, detail: prefix }))
  else document.querySelector(`[data-picks="${prefix}"]`)?.dispatchEvent(new CustomEvent("picks:add"))
}

function set({ set: name, value, label }) {
  const field = form.querySelector(`[name="${CSS.escape(name)}"]`)
  if (!field) return
  if (field.tagName === "SELECT") choose(field, value, label)
  else field.value = value
  const editor = field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor
  editor?.commands.setContent(value)
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }))
}

function choose(select, value, label) {
  let option = [...select.options].find((one) => one.value === value)
  if (!option) {
    option = new Option(label, value)
    select.append(option)
  }
  option.selected = true
}

function paste(event) {
  const html = event.clipboardData?.getData("text/html") || ""
  box.querySelector("[name=pasted_html]").value = html
  if (html) status("Eingefügt, mit Überschriften und Listen.")
}

if (box) {
  const text = box.querySelector("#pasted_text")
  text.addEventListener("paste", paste)
  text.addEventListener("beforeinput", ({ inputType }) => {
    if (inputType !== "insertFromPaste") box.querySelector("[name=pasted_html]").value = "" // what is typed counts
  })
  tame(box)
  addEventListener("panel:opened", describePicture) // on the window: after the panel has been dressed
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button")
    if (!button) return
    event.preventDefault()
    if (button.name === "_recognise") recognise(button)
    if (button.name === "_accept") takeOver(button)
    if ("dismiss" in button.dataset) box.querySelector(".recognise__found").replaceChildren()
  })
}
