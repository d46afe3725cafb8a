// After a refused save the first mistake has the focus, not the first field.

function firstMistake() {
  const error = document.querySelector("#content form .errorlist:not(.nonfield)")
  const place = error?.closest(".form-row, .picks__row, td, tr, fieldset")
  return place && [...place.querySelectorAll("input, select, textarea, [contenteditable=true]")].find(
    (control) => control.type !== "hidden" && control.getClientRects().length,
  ) // prettier-ignore
}

// Django's own script puts the focus on the first field of a new thing when it has loaded.
addEventListener("load", () => requestAnimationFrame(() => {
  const control = firstMistake()
  if (!control) return
  control.focus()
  control.scrollIntoView({ block: "center" })
})) // prettier-ignore
