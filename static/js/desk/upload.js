// Before a file is sent: is it too large, and what might its title be?

const MEGABYTE = 1_000_000

function tooLarge(input) {
  const most = Number(input.dataset.maxBytes)
  const file = input.files[0]
  const refused = Boolean(most && file && file.size > most)
  let words = input.parentElement.querySelector(".upload__problem")
  if (!words) {
    words = document.createElement("p")
    words.className = "upload__problem finder__problem"
    words.setAttribute("role", "alert")
    input.after(words)
  }
  words.textContent = refused
    ? `Die Datei hat ${Math.ceil(file.size / MEGABYTE)} MB; höchstens ${most / MEGABYTE} MB sind möglich.`
    : ""
  if (refused) input.value = ""
  return refused
}

// „protokoll_der-werkstatt.pdf“ → „Protokoll der werkstatt“: a beginning, not a file name.
function titleFrom(name) {
  const words = name.replace(/\.\w{1,5}$/, "").replace(/[_\-+.]+/g, " ").replace(/\s+/g, " ").trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function suggestTitle(input) {
  const controls = input.form ? [...input.form.elements] : []
  const title = controls.find((one) => one.name === "title")
  if (!title || (title.value && title.value !== title.dataset.suggested)) return
  title.value = title.dataset.suggested = titleFrom(input.files[0].name)
}

document.addEventListener("change", (event) => {
  const input = event.target
  if (!input.matches?.("input[type=file][data-max-bytes]") || !input.files.length) return
  if (!tooLarge(input) && "suggestTitle" in input.dataset) suggestTitle(input)
})
