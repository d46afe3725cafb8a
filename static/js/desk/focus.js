// After a refused save the first mistake has the focus, not the first field.

function firstMistake() {
  const error = document.querySelector("#content form .errorlist:not(.nonfield)")
  const place = error?.closest(".form-row, .picks__row, td, tr, fieldset")
  return place && [...place.querySelectorAll("input, select, textarea, [contenteditable=true]")].find(
    (control) => control.type !== "hidden" && control.getClientRects().length,
  ) // prettier-ignore
}

// Django's own script would take a field in a folded box, which cannot have the focus.
function firstOfNew() {
  if (!document.getElementById("django-admin-form-add-constants")?.dataset.modelName) return null
  if (document.activeElement !== document.body) return null
  const controls = document.querySelectorAll("fieldset.module .form-row :is(input, select, textarea)")
  return [...controls].find((control) => control.type !== "hidden" && control.checkVisibility())
}

// Django's own script puts the focus on the first field of a new thing when it has loaded.
addEventListener("load", () => requestAnimationFrame(() => {
  if (document.querySelector(".problems")) return // the summary has it
  const control = firstMistake() || firstOfNew()
  if (!control) return
  control.focus()
  control.scrollIntoView({ block: "center" })
})) // prettier-ignore
