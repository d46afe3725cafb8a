// Pasting from Word, Google Docs, LibreOffice, web pages and plain text: structure stays, rubbish goes.
// The server does the same for what has not passed here (forum/pasted.py).
import { Extension, Plugin } from "django-prose-editor/editor"

export const MOST_TEXT = 200_000 // characters at once, about a hundred pages
export const MOST_HTML = 4_000_000 // characters of HTML worth reading; without the pictures inside it
const BLOCKS = new Set("ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER LI MAIN NAV OL P PRE SECTION TABLE TBODY TD TFOOT TH THEAD TR UL".split(" "))
const RUBBISH = "style, script, meta, link, title, template, noscript, iframe, object, svg, button, input, select, textarea, o\\:p, xml, [style*='mso-hide:all' i], [style*='display:none' i], .MsoCommentReference, [style*='mso-element:comment' i], [style*='mso-special-character:comment' i]"
const TRACKING = /^(utm_.*|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|_hs(enc|mi)|vero_id|wt_mc|pk_.*|mtm_.*)$/i
const BULLET = /^[\s\u00a0]*[·•▪◦‣●○■\uf0b7\uf0a7§o–-][\s\u00a0]+/
const TYPED_BULLET = /^[\s\u00a0]*[·•▪◦‣●*–-][\s\u00a0]+/
const NUMBER = /^[\s\u00a0]*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)][\s\u00a0]+/
const TYPED_NUMBER = /^[\s\u00a0]*\d{1,2}[.)][\s\u00a0]+/
const HEADING = /^H[1-6]$/

const make = (tag, ...children) => {
  const made = document.createElement(tag)
  made.append(...children)
  return made
}

function rename(element, tag) {
  const made = make(tag, ...element.childNodes)
  element.replaceWith(made)
  return made
}

const unwrap = (element) => element.replaceWith(...element.childNodes)

// Word says what a paragraph is by its class or style; LibreOffice and web pages by elements.
function nameHeadings(root) {
  for (const paragraph of root.querySelectorAll("p, div")) {
    const name = `${paragraph.className} ${paragraph.getAttribute("style") || ""}`
    if (/\bMsoTitle\b/i.test(name)) rename(paragraph, "h1")
    const level = name.match(/\b(?:MsoHeading|Heading|berschrift)\s?([1-6])\b|mso-outline-level:\s*([1-6])\b/i)
    if (level) rename(paragraph, `h${level[1] || level[2]}`)
  }
}

// What a style attribute says: our Content-Security-Policy lets no attribute that was parsed come into force.
function styleOf(element) {
  const { style } = document.createElement("span")
  style.cssText = element.getAttribute("style") || ""
  return style
}

function strongWords(root) {
  for (const element of root.querySelectorAll("b, strong, i, em, span, font")) {
    const { fontWeight, fontStyle } = styleOf(element)
    const plain = fontWeight === "normal" || fontWeight === "400"
    const bold = /^(bold|bolder|[6-9]00)$/.test(fontWeight) || (/^(B|STRONG)$/.test(element.tagName) && !plain)
    const italic = fontStyle === "italic" || (/^(I|EM)$/.test(element.tagName) && fontStyle !== "normal")
    const inHeading = element.closest("h1, h2, h3, h4, h5, h6, th") // bold there is no emphasis
    const holdsBlocks = [...element.children].some((child) => BLOCKS.has(child.tagName))
    let content = [...element.childNodes]
    if (!holdsBlocks && element.textContent.trim() && !inHeading) {
      if (italic) content = [make("em", ...content)]
      if (bold) content = [make("strong", ...content)]
    }
    const language = element.lang && element.tagName === "SPAN" && element.dataset.kept !== undefined
    if (!language) element.replaceWith(...content)
  }
}

function cleanLinks(root) {
  for (const link of root.querySelectorAll("a")) {
    const href = link.getAttribute("href") || ""
    if (!/^(https?:|mailto:|tel:|\/(?!\/))/i.test(href) || !link.textContent.trim()) {
      unwrap(link)
      continue
    }
    link.setAttribute("href", withoutTracking(href))
  }
}

export function withoutTracking(href) {
  const local = href.startsWith("/")
  if (!local && !/^https?:/i.test(href)) return href
  try {
    const url = new URL(href, location.origin)
    if (/(^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url" && url.searchParams.get("q")) {
      return withoutTracking(url.searchParams.get("q")) // Google Docs leads links over its own address
    }
    const tracking = [...url.searchParams.keys()].filter((name) => TRACKING.test(name))
    for (const name of tracking) url.searchParams.delete(name)
    if (!tracking.length) return href
    return local ? url.pathname + url.search + url.hash : url.href
  } catch {
    return href
  }
}

// (level, kind) of a paragraph that Word means as a list item; its mark is removed.
function wordItem(paragraph) {
  const style = paragraph.getAttribute("style") || ""
  const level = style.match(/mso-list:[^;]*level(\d)/i)
  if (!level && !/MsoList/i.test(paragraph.className)) return null
  const mark = paragraph.querySelector("[style*='mso-list:ignore' i], [style*='mso-list: ignore' i]")
  const text = mark ? `${mark.textContent.trim()} ` : paragraph.textContent
  const kind = NUMBER.test(text) && !/^o\s/.test(text.trim() + " ") ? "ol" : "ul"
  if (mark) mark.remove()
  else dropMark(paragraph, BULLET.test(text) ? BULLET : NUMBER)
  return { level: level ? Number(level[1]) : 1, kind }
}

function dropMark(element, mark) {
  const found = element.textContent.match(mark)
  let left = found ? found[0].length : 0
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text && left; text = texts.nextNode()) {
    const cut = Math.min(left, text.data.length)
    text.data = text.data.slice(cut)
    left -= cut
  }
}

function typedItem(paragraph) {
  const text = paragraph.textContent
  if (/^[\s\u00a0]*[·•▪◦‣●\uf0b7][\s\u00a0]+/.test(text)) {
    dropMark(paragraph, BULLET)
    return { level: 1, kind: "ul" }
  }
  return null
}

function realLists(root) {
  let lists = []
  let last = null
  for (const paragraph of [...root.querySelectorAll("p")]) {
    if (paragraph.closest("li, td, th")) continue
    const item = wordItem(paragraph) || typedItem(paragraph)
    if (!item) continue
    if (!last || nextElement(last) !== paragraph) lists = []
    const level = Math.min(item.level, lists.length + 1)
    lists.length = Math.min(lists.length, level)
    if (lists.length === level && lists[level - 1].localName !== item.kind) lists.pop()
    if (lists.length < level) {
      const list = make(item.kind)
      if (lists.length) lists.at(-1).lastElementChild.append(list)
      else paragraph.before(list)
      lists.push(list)
    }
    lists.at(-1).append(make("li", make("p", ...paragraph.childNodes)))
    paragraph.remove()
    last = lists[0]
  }
}

function nextElement(node) {
  let next = node.nextSibling
  while (next && ((next.nodeType === Node.TEXT_NODE && !next.data.trim()) || next.nodeType === Node.COMMENT_NODE)) next = next.nextSibling
  return next
}

// Google Docs puts a list of the next level beside its item instead of inside.
function nestLists(root) {
  for (const list of root.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    const item = list.previousElementSibling
    if (item?.tagName === "LI") item.append(list)
  }
}

function flatten(root) {
  for (const box of [...root.querySelectorAll("div, section, article, main, header, footer, nav, aside, figure, figcaption, address, form, center, dl, dt, dd, pre")].reverse()) {
    const holdsBlocks = [...box.children].some((child) => BLOCKS.has(child.tagName))
    if (holdsBlocks || box.closest("li, td, th")) unwrap(box)
    else if (box.textContent.trim()) rename(box, "p")
    else box.remove()
  }
}

// Text that stands between blocks becomes paragraphs; a line break between two blocks is nothing.
function wrapLoose(root) {
  let paragraph = null
  for (const node of [...root.childNodes]) {
    if (BLOCKS.has(node.tagName)) paragraph = null
    else if (paragraph) paragraph.append(node)
    else if (node.nodeType !== Node.COMMENT_NODE && (node.textContent.trim() || node.nodeName === "BR")) {
      paragraph = make("p")
      node.replaceWith(paragraph)
      paragraph.append(node)
    }
  }
}

// Two line breaks are a new paragraph; one at the end or beginning is nothing; Word wraps its source at will.
function breakLines(root) {
  for (const text of allTexts(root)) text.data = text.data.replace(/[ \t\r\n]+/g, " ").replace(/\u00a0{2,}/g, " ")
  for (const paragraph of [...root.querySelectorAll("p")]) {
    const parts = [[]]
    for (const node of [...paragraph.childNodes]) {
      const doubled = node.nodeName === "BR" && parts.at(-1).findLast((one) => one.textContent.trim() || one.nodeName === "BR")?.nodeName === "BR"
      if (doubled) parts.push([])
      else parts.at(-1).push(node)
    }
    const made = parts.map((nodes) => make("p", ...trimBreaks(nodes))).filter((one) => one.textContent.trim())
    paragraph.replaceWith(...made)
  }
}

function trimBreaks(nodes) {
  const empty = (node) => node && (node.nodeName === "BR" || (node.nodeType === Node.TEXT_NODE && !node.data.trim()))
  while (empty(nodes[0])) nodes.shift()
  while (empty(nodes.at(-1))) nodes.pop()
  return nodes
}

function allTexts(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const found = []
  while (walker.nextNode()) found.push(walker.currentNode)
  return found
}

function headingsInOrder(root) {
  const headings = [...root.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => {
    if (one.textContent.trim()) return true
    one.remove()
    return false
  })
  const levels = headings.map((one) => Number(one.tagName[1]))
  const top = Math.min(...levels)
  headings.forEach((one, i) => rename(one, levels[i] === top || !levels.slice(0, i).includes(top) ? "h2" : "h3"))
}

function dropAttributes(root) {
  const kept = { A: ["href"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan"], OL: ["start"] }
  for (const element of root.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (!kept[element.tagName]?.includes(name)) element.removeAttribute(name)
    }
  }
}

// Returns { html, pictures }: what the editor should take, and how many pictures were left out.
export function cleanHTML(html) {
  const body = html.match(/<!--StartFragment-->([\s\S]*?)<!--EndFragment-->/)?.[1] ?? html
  const root = new DOMParser().parseFromString(body.replace(/<!\[(end)?if[^>]*>/gi, ""), "text/html").body
  const pictures = root.querySelectorAll("img:not([width='1']):not([height='1']), picture, video").length
  for (const rubbish of root.querySelectorAll(`${RUBBISH}, img, picture, video, audio, canvas`)) rubbish.remove()
  for (const link of root.querySelectorAll("a[href*='_msocom_'], a[href^='#_ftn']")) link.remove()
  nameHeadings(root)
  realLists(root)
  nestLists(root)
  strongWords(root)
  cleanLinks(root)
  flatten(root)
  if (root.querySelector("p, h1, h2, h3, h4, h5, h6, li, table, blockquote, br + br")) wrapLoose(root)
  breakLines(root)
  headingsInOrder(root)
  dropAttributes(root)
  return { html: root.innerHTML.trim(), pictures }
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

function listOf(lines) {
  const number = lines.every((line) => TYPED_NUMBER.test(line))
  if (!number && !lines.every((line) => TYPED_BULLET.test(line))) return null
  const mark = number ? TYPED_NUMBER : TYPED_BULLET
  const items = lines.map((line) => `<li><p>${escaped(line.replace(mark, "").trim())}</p></li>`).join("")
  return number ? `<ol>${items}</ol>` : `<ul>${items}</ul>`
}

// Plain text: blank lines part paragraphs, lines that begin with a mark are a list. Mails wrap lines: a line break
// after a long line is none.
export function textToHTML(text) {
  const blocks = text.replace(/\r\n?/g, "\n").split(/\n[ \t]*\n+/)
  return blocks.map((block) => block.split("\n").filter((line) => line.trim())).flatMap(groups).join("")
}

function groups(lines) {
  const made = []
  let paragraph = []
  const isItem = (line) => TYPED_BULLET.test(line) || TYPED_NUMBER.test(line)
  const flush = () => {
    if (paragraph.length) made.push(`<p>${paragraph.map((line) => escaped(line.trim())).reduce(joinLines)}</p>`)
    paragraph = []
  }
  for (let i = 0; i < lines.length; i++) {
    let end = i
    const kind = TYPED_NUMBER.test(lines[i]) ? TYPED_NUMBER : TYPED_BULLET
    while (end < lines.length && kind.test(lines[end])) end++
    const list = isItem(lines[i]) && (end - i > 1 || /^[\s\u00a0]*[•·▪◦‣●]/.test(lines[i])) && listOf(lines.slice(i, end))
    if (!list) {
      paragraph.push(lines[i])
      continue
    }
    flush()
    made.push(list)
    i = end - 1
  }
  flush()
  return made
}

const WRAPPED = 60 // characters; a line at least this long was broken by a program, not by a person
const joinLines = (text, line) => {
  const last = text.slice(text.lastIndexOf("<br>") + 1)
  return last.length >= WRAPPED ? `${text} ${line}` : `${text}<br>${line}`
}

const thousand = (count) => count.toLocaleString("de-DE")

// What is said about a paste, and what becomes of it: { html } or { refused }, with an optional notice.
export function judge(html, text, files = 0) {
  if (text.length > MOST_TEXT) {
    return { refused: `Nicht eingefügt: Das sind ${thousand(text.length)} Zeichen, auf einmal gehen höchstens ${thousand(MOST_TEXT)}. Bitte fügen Sie den Text in Teilen ein, oder fügen Sie die Datei zum Herunterladen hinzu.` }
  }
  const pictures = "Bilder werden nicht mit eingefügt: Bitte laden Sie sie im Feld „Bild“ hoch, mit Beschreibung und Nachweis."
  if (!html && !text) return files ? { refused: pictures } : {}
  const lean = html.length > MOST_HTML ? html.replace(/src="data:[^"]*"/g, 'src=""') : html
  if (lean.length > MOST_HTML) {
    if (!text) return { refused: `Nicht eingefügt: Das sind ${thousand(html.length)} Zeichen. Bitte fügen Sie den Text in Teilen ein.` }
    return { html: textToHTML(text), notice: "Der Text war sehr groß und kam ohne Formatierung an. Bitte setzen Sie Überschriften und Listen neu." }
  }
  if (!lean) return { html: textToHTML(text) }
  const cleaned = cleanHTML(lean)
  if (cleaned.html.length > MOST_TEXT * 3) return { refused: `Nicht eingefügt: Das sind ${thousand(cleaned.html.length)} Zeichen. Bitte fügen Sie den Text in Teilen ein.` }
  return { html: cleaned.html, notice: cleaned.pictures ? pictures : "" }
}

function notify(view, text) {
  const editor = view.dom.closest(".prose-editor")
  let shown = editor.querySelector(".paste-notice")
  if (!shown) {
    shown = make("p")
    shown.className = "paste-notice"
    shown.setAttribute("role", "status")
    editor.append(shown)
  }
  shown.textContent = text || ""
}

export const Paste = Extension.create({
  name: "pasteCleaning", // Tiptap has a “paste” of its own

  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            paste(view, event) {
              const data = event.clipboardData
              const html = data?.getData("text/html") || ""
              if (!data || html.includes("data-pm-slice")) return false // from one of our own editors
              const verdict = judge(html, data.getData("text/plain") || "", data.files.length)
              event.preventDefault()
              notify(view, verdict.refused || verdict.notice)
              const inTable = view.state.selection.$from.node(-1)?.type.spec.tableRole
              if (verdict.html && !(inTable && !html)) view.pasteHTML(verdict.html)
              else if (verdict.html) view.pasteText(data.getData("text/plain"))
              return true
            },
          },
        },
      }),
    ]
  },
})
