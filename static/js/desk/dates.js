// Says beside a date how it was read, while somebody types; the portal reads it, here is no second reader.
const PAUSE = 250 // ms without a key
const waiting = new WeakMap()

const words = (input) => input.closest(".date-field")?.querySelector(".date-words")

async function explain(input) {
  const output = words(input)
  const text = input.value.trim()
  if (!output) return
  if (!text) return say(output, "", false)
  const query = new URLSearchParams({ text, art: input.dataset.reads })
  const answer = await fetch(`/redaktion/datum/?${query}`).catch(() => null)
  if (!answer?.ok || input.value.trim() !== text) return
  const { words: read, error } = await answer.json().catch(() => ({}))
  say(output, error || read || "", Boolean(error))
}

function say(output, text, wrong) {
  output.classList.toggle("date-words--wrong", wrong)
  if (output.textContent !== text) output.textContent = text
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("input.date-text")) return
  clearTimeout(waiting.get(target))
  waiting.set(target, setTimeout(explain, PAUSE, target))
})
