// Two people on one thing, and one person who clicks twice: comfort around what the server decides anyway.
const BEAT = 30_000 // milliseconds; the server forgets a form after two silent minutes
const MOST = 11_500_000 // characters in one form; the server takes 12 million bytes

const box = document.querySelector("[data-keeping]")
const form = box?.closest("form")
let lastKey = Date.now()

const token = () => document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]*)/)?.[1]

function message(kind, text, link) {
  let shown = box.querySelector(`[data-message=${kind}]`)
  if (!shown) {
    shown = box.appendChild(document.createElement("p"))
    shown.dataset.message = kind
    shown.className = "keeping__warning"
    shown.setAttribute("role", "status")
  }
  if (shown.dataset.text === text) return
  shown.dataset.text = text
  shown.textContent = text
  if (link) shown.append(" ", link)
}

function showOthers(others) {
  const shown = box.querySelector("[data-others]")
  const lines = others.map((text) => Object.assign(document.createElement("p"), { textContent: text }))
  const same = [...shown.children].map((line) => line.textContent).join() === others.join()
  if (!same) shown.replaceChildren(...lines)
}

function signInLink() {
  const link = document.createElement("a")
  link.href = "/redaktion/"
  link.target = "_blank"
  link.textContent = "In einem neuen Fenster anmelden"
  return link
}

function signs(extra = {}) {
  const data = new FormData()
  data.set("csrfmiddlewaretoken", token() || form.elements.csrfmiddlewaretoken.value)
  data.set("_token", form.elements._token.value)
  data.set("idle", Math.round((Date.now() - lastKey) / 1000))
  for (const [name, value] of Object.entries(extra)) data.set(name, value)
  return data
}

async function beat(address) {
  let answer
  try {
    answer = await fetch(address, { method: "POST", body: signs(), headers: { Accept: "application/json" } })
  } catch {
    return message("login", "Gerade besteht keine Verbindung. Sie können weiterschreiben; eine Kopie bleibt in diesem Browser.")
  }
  if (answer.status === 401 || answer.redirected) {
    return message(
      "login",
      "Ihre Anmeldung ist abgelaufen. Melden Sie sich in einem neuen Fenster an; danach können Sie hier weiterschreiben und speichern.",
      signInLink(),
    )
  }
  if (!answer.ok) return
  message("login", "")
  const { others, changed } = await answer.json()
  showOthers(others || [])
  if (!document.querySelector("[data-comparison]")) message("changed", changed || "")
}

function keepCompany() {
  const address = new URL(box.dataset.presence, new URL("../", new URL(box.dataset.address, location.href)))
  for (const kind of ["keydown", "pointerdown", "input"]) form.addEventListener(kind, () => (lastKey = Date.now()))
  beat(address)
  setInterval(() => beat(address), BEAT)
  document.addEventListener("visibilitychange", () => document.hidden || beat(address))
  window.addEventListener("pagehide", () => navigator.sendBeacon(address, signs({ leave: "1" })))
  window.addEventListener("pageshow", (event) => event.persisted && beat(address))
}

function tooLarge() {
  let size = 0
  for (const [, value] of new FormData(form)) if (typeof value === "string") size += value.length
  return size > MOST
}

// Runs before all other listeners, so that they see whether the form goes off.
function guardSubmit() {
  let sent = false
  window.addEventListener("submit", (event) => {
    if (event.target !== form || event.submitter?.formTarget) return
    if (sent) return event.preventDefault()
    if (tooLarge()) {
      event.preventDefault()
      message("size", "Das ist zu viel Text auf einmal, gespeichert wurde nichts. Ein Formular darf zusammen höchstens 12 Millionen Zeichen enthalten: Bitte entfernen Sie den großen Teil, oder fügen Sie ihn als Datei zum Herunterladen hinzu.")
      box.scrollIntoView({ block: "center" })
      return
    }
    if (token()) form.elements.csrfmiddlewaretoken.value = token() // signing in again elsewhere has changed it
    sent = true
    for (const button of form.querySelectorAll("[type=submit]")) button.setAttribute("aria-disabled", "true")
    setTimeout(() => event.defaultPrevented && free()) // others may hold it back
    setTimeout(free, 15_000) // an answer that never comes must not lock the form
  }, { capture: true })

  function free() {
    sent = false
    for (const button of form.querySelectorAll("[type=submit]")) button.removeAttribute("aria-disabled")
  }
  window.addEventListener("pageshow", free)
}

// Choosing “the stored version” of a field shows it in the form at once, where it can be edited further.
function showChoices() {
  for (const part of document.querySelectorAll("[data-comparison] [data-part]")) {
    const stored = part.querySelector("script")
    const pairs = stored ? JSON.parse(stored.textContent) : []
    const fields = Object.groupBy(pairs, ([name]) => name)
    for (const name of Object.keys(fields)) fields[name] = fields[name].map(([, value]) => value)
    const inputs = Object.keys(fields).map((name) => form.elements[name]).filter((one) => one && !(one instanceof RadioNodeList))
    const simple = inputs.length && inputs.every((one) => !one.classList.contains("finder"))
    if (!simple) continue
    const mine = Object.fromEntries(inputs.map((one) => [one.name, [one.value]]))
    const [, take] = part.querySelectorAll("input[type=radio]")
    const show = () => {
      const detail = { fields: take.checked ? fields : mine, only: new Set(Object.keys(fields)) }
      form.dispatchEvent(new CustomEvent("desk:fill", { detail }))
      take.value = "mine" // for the server: the form itself now holds what was chosen
    }
    part.addEventListener("change", show)
    if (take.checked) window.addEventListener("load", () => setTimeout(show))
  }
}

if (form) {
  guardSubmit()
  showChoices()
  if (box.dataset.presence) keepCompany()
}
