// One more empty row in a formset of a form, whichever look it has: cards, a list of chosen things, Django's table.
export function addRow(prefix) {
  const name = CSS.escape(prefix)
  const cards = document.querySelector(`template[data-empty-of="${name}"]`)
  const picks = document.querySelector(`[data-picks="${name}"]`)
  if (cards) cards.dispatchEvent(new CustomEvent("cards:add", { bubbles: true, detail: prefix }))
  else if (picks) picks.dispatchEvent(new CustomEvent("picks:add"))
  else document.getElementById(`${prefix}-group`)?.querySelector(".add-row a, a.add-row")?.click()
}
