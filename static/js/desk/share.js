// Copies a link or a text to share; without script the field is there to select.
const status = document.getElementById("copied")

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy)
  const label = button.textContent
  button.hidden = false
  field.addEventListener("focus", () => field.select())
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value)
    } catch {
      field.focus() // not allowed to: selected at least
      return
    }
    button.textContent = status.textContent = "Kopiert"
    setTimeout(() => { button.textContent = label; status.textContent = "" }, 3000)
  })
}
