// The preview beside the form: sends what is typed, shows the page that comes back. Nothing is saved.
const panel = document.getElementById("vorschau")
const opener = document.querySelector(".publishing__preview")
const form = document.querySelector("#content-main form[method=post]")

const PAUSE = 1000 // milliseconds without typing before the page is asked for
const WIDTH = "desk-preview-width" // where the browser keeps how wide the panel was

function start() {
  const frame = panel.querySelector("iframe")
  const stage = panel.querySelector(".preview__stage")
  const status = panel.querySelector(".preview__status")
  const problems = panel.querySelector(".preview__problems")
  const part = panel.querySelector("[name=vorschau-von]")
  const edge = panel.querySelector(".preview__edge")
  let seen = "" // what the form held a moment ago
  let shown = null // what the frame shows, or what was found wrong
  let waiting = false
  let timer

  const typed = () => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]))

  function say(text) {
    status.textContent = ""
    status.textContent = text
  }

  function complain(list) {
    problems.hidden = !list.length
    problems.querySelector("ul").replaceChildren(...list.map(problem => {
      const item = document.createElement("li")
      const text = problem.target ? document.createElement("a") : item
      if (problem.target) {
        text.href = `#${problem.target}`
        item.append(text)
      }
      text.textContent = problem.text
      return item
    }))
    if (list.length) say("Die Vorschau wartet: Ein Feld stimmt noch nicht.")
  }

  function put(html) {
    const place = frame.contentWindow?.scrollY ?? 0
    frame.addEventListener("load", () => { frame.contentWindow.scrollTo(0, place) }, { once: true })
    frame.srcdoc = html
    complain([])
    say(`Vorschau aktualisiert, ${new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" })} Uhr.`)
  }

  async function refresh() {
    if (waiting) return
    waiting = true
    panel.setAttribute("aria-busy", "true")
    const sent = typed()
    const data = new FormData(form)
    if (part) data.set("vorschau_von", part.value)
    try {
      const answer = await fetch(panel.dataset.url, { method: "POST", body: data })
      const kind = answer.headers.get("Content-Type") ?? ""
      if (answer.redirected || answer.status === 403) say("Sie sind nicht mehr angemeldet. Bitte kopieren Sie Ihren Text, bevor Sie die Seite neu laden.")
      else if (answer.ok && kind.startsWith("application/json")) complain((await answer.json()).problems)
      else if (answer.ok) put(await answer.text())
      else say("Die Vorschau ist gerade nicht möglich. Ihr Text ist noch da; bitte versuchen Sie es noch einmal.")
    } catch {
      say("Die Vorschau ist gerade nicht erreichbar. Ihr Text ist noch da; bitte versuchen Sie es noch einmal.")
    }
    shown = sent
    waiting = false
    panel.removeAttribute("aria-busy")
  }

  // Choosers, calendars and editors tell of changes in their own ways, some in none: looking is the sure way.
  function look() {
    const now = typed()
    if (now === seen && now !== shown) refresh()
    seen = now
  }

  function fit() {
    const width = Number(panel.querySelector("[name=vorschau-breite]:checked").value)
    const scale = Math.min(1, stage.clientWidth / width)
    frame.style.inlineSize = `${width}px`
    frame.style.blockSize = `${stage.clientHeight / scale}px`
    frame.style.transform = `scale(${scale})`
    frame.style.marginInlineStart = `${Math.max(0, (stage.clientWidth - width * scale) / 2)}px`
  }

  function setWidth(percent) {
    const width = Math.round(Math.min(75, Math.max(25, percent)))
    document.body.style.setProperty("--preview-width", `${width}vw`)
    edge.setAttribute("aria-valuenow", width)
    try { localStorage.setItem(WIDTH, width) } catch { /* storage is closed: the width lasts until the page is left */ }
    fit()
  }

  function lastWidth() {
    try { return Number(localStorage.getItem(WIDTH)) || 40 } catch { return 40 }
  }

  function toggle(open) {
    panel.hidden = !open
    opener.setAttribute("aria-expanded", open)
    document.body.classList.toggle("with-preview", open)
    clearInterval(timer)
    if (!open) return opener.focus()
    setWidth(lastWidth())
    seen = typed()
    refresh()
    timer = setInterval(look, PAUSE)
    panel.querySelector("[name=vorschau-breite]:checked").focus({ preventScroll: true })
    panel.scrollIntoView({ block: "start" })
  }

  opener.hidden = false
  opener.addEventListener("click", () => toggle(panel.hidden))
  panel.querySelector(".preview__close").addEventListener("click", () => toggle(false))
  panel.querySelector(".preview__refresh").addEventListener("click", refresh)
  panel.addEventListener("keydown", event => { if (event.key === "Escape") toggle(false) })
  for (const choice of panel.querySelectorAll("[name=vorschau-breite]")) choice.addEventListener("change", fit)
  part?.addEventListener("change", refresh)
  new ResizeObserver(fit).observe(stage)

  edge.addEventListener("keydown", event => {
    const step = { ArrowLeft: 5, ArrowRight: -5 }[event.key]
    if (!step) return
    event.preventDefault()
    setWidth(Number(edge.getAttribute("aria-valuenow")) + step)
  })
  edge.addEventListener("pointerdown", event => { edge.setPointerCapture(event.pointerId); event.preventDefault() })
  edge.addEventListener("pointermove", event => {
    if (edge.hasPointerCapture(event.pointerId)) setWidth(100 * (1 - event.clientX / window.innerWidth))
  })
}

if (panel && opener && form) start()
