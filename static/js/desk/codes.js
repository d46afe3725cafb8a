// Printing and copying recovery codes.
const codes = [...document.querySelectorAll(".account-codes code")].map((code) => code.textContent).join("\n")
const actions = {
  print: () => window.print(),
  copy: async (status) => {
    await navigator.clipboard.writeText(codes)
    status.textContent = "Kopiert."
  },
}

for (const button of document.querySelectorAll("[data-codes]")) {
  const name = button.dataset.codes
  if (name === "copy" && !navigator.clipboard) continue
  button.hidden = false
  button.addEventListener("click", () => actions[name](button.parentElement.querySelector("[role=status]")))
}
