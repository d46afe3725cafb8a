// What can be said about German text without understanding it. Pure functions; the panel is in hints.js.
//
// A block is { type: "paragraph" | "heading" | "item", level, text, links: [{ start, end, href }] }.
// A hint is { kind, what, why, block, start, end }: positions in the text of the block with that number.

const LETTER = "[\\p{L}\\p{M}]"
const WORD = /[\p{L}\p{M}\d]+(?:[-'’*:_/·.][\p{L}\p{M}\d]+)*/gu
const ABBREVIATED = /^(z|d|u|o|i|s|e|v|a|b|h|m|n|f|ff|vgl|ca|bzw|bspw|evtl|ggf|inkl|max|min|mind|nr|st|str|tel|usw|etc|dr|prof|dipl|med|phil|jun|sen|hr|fr|abs|art|bd|hrsg|jg|jh|kap|mio|mrd|sog|zzgl|zz|vs|std)$/iu
const ROMAN = /^[IVXLCM]+$/
const EMPTY_LINKS = /^(hier|klicken sie hier|hier klicken|klick hier|mehr|mehr dazu|mehr erfahren|mehr lesen|weiter|weiterlesen|weitere informationen|link|dieser link|zum link|website|webseite|details|download|pdf)[.!…:]?$/iu

export function sentences(text) {
  const found = []
  let start = 0
  for (const match of text.matchAll(/[.!?…]+["“”«»)\]]*(?=\s|$)|\n+/gu)) {
    const end = match.index + match[0].length
    if (match[0][0] === "." && !endsHere(text, match.index, end)) continue
    push(start, end)
    start = end
  }
  push(start, text.length)
  return found

  function push(from, to) {
    const piece = text.slice(from, to)
    if (/[\p{L}\d]/u.test(piece)) found.push({ text: piece.trim(), start: from + piece.search(/\S/), end: from + piece.trimEnd().length })
  }
}

// A full stop after an abbreviation, an initial, or a number before a word ends no sentence.
function endsHere(text, at, end) {
  const before = text.slice(0, at).match(/[\p{L}\d]+$/u)?.[0] || ""
  const after = text.slice(end).match(/^\s+["„“‚(]*(\S)/u)?.[1] || ""
  if (!after) return true
  if (/^\p{Ll}/u.test(after)) return false
  if (/^\d{1,2}$/.test(before)) return false
  return !(ABBREVIATED.test(before) || /^\p{Lu}$/u.test(before))
}

export const words = (text) => [...text.matchAll(WORD)].filter((match) => /\p{L}/u.test(match[0]))

// Syllables by their vowels: about 95 of 100 common words come out right, which is enough for an average.
export function syllables(word) {
  if (/^[A-ZÄÖÜ]{2,}$/.test(word) && !/[AEIOUÄÖÜ].*[AEIOUÄÖÜ]/.test(word)) return word.length // read by letters
  const plain = word.toLowerCase().replaceAll("qu", "q")
  return plain.split(/[-'’*:_/·.]/).reduce((sum, part) => sum + vowelGroups(part), 0) || 1
}

function vowelGroups(part) {
  const split = part
    .replace(/^(be|ge)(?=e[bhigknr])(?!gee?st|beere)/u, "$1|")
    .replace(/eu(?=ms?$)/u, "e|u") // Museum
    .replace(/([lnrdt])ie(?=n?$)/u, (all, letter) => (FOREIGN_IE.test(part) ? `${letter}i|e` : all)) // Familie
    .replace(/y(?=[aeiouäöü])/gu, "j")
  return (split.match(/äu|au|eu|ei|ai|oi|ui(?!s)|ie|aa|ee(?!n)|oo|ou|[aeiouyäöüáàâéèêíóôú]/gu) || []).length
}
const FOREIGN_IE = /(famil|lin|stud|ser|prämi|immobil|tragöd|komöd|tertiär|bakter|kriter|materi|art|petersil|ferien|fer|fol|as|ital|span|belg)ien?$/u

function readable(blocks) {
  const found = blocks.filter((block) => block.type !== "heading").flatMap((block) => sentences(block.text))
  const all = found.flatMap((sentence) => words(sentence.text).map((match) => match[0]))
  return { sentences: found.length, words: all, syllables: all.reduce((sum, word) => sum + syllables(word), 0) }
}

/**
 * Flesch reading ease for German: 180 − ASL − 58.5 · ASW (words in a sentence, syllables in a word).
 * Source: Toni Amstad, Wie verständlich sind unsere Zeitungen? Dissertation, Universität Zürich 1978.
 * And the first Vienna formula, in years of school: 0.1935 · MS + 0.1672 · SL + 0.1297 · IW − 0.0327 · ES − 0.875
 * (percent of words with three syllables or more, words in a sentence, percent longer than six letters, percent of one
 * syllable). Source: Richard Bamberger, Erich Vanecek: Lesen – Verstehen – Lernen – Schreiben. Wien 1984.
 *
 * Returns null below thirty words, where neither means anything.
 */
export function readingEase(blocks) {
  const { sentences: count, words: all, syllables: sum } = readable(blocks)
  if (all.length < 30 || !count) return null
  const length = all.length / count
  const weight = sum / all.length
  const percent = (test) => (100 * all.filter(test).length) / all.length
  const vienna = 0.1935 * percent((word) => syllables(word) >= 3) + 0.1672 * length + 0.1297 * percent((word) => word.length > 6) - 0.0327 * percent((word) => syllables(word) === 1) - 0.875
  const flesch = 180 - length - 58.5 * weight
  return { flesch: Math.round(Math.max(0, Math.min(100, flesch))), school: Math.round(Math.max(4, Math.min(15, vienna))), words: all.length, length, weight }
}

export const EASE_SOURCE =
  "Lesbarkeit: Flesch-Wert für deutsche Texte nach Toni Amstad (1978), Schuljahr nach der 1. Wiener Sachtextformel (Bamberger und Vanecek, 1984). Beide zählen Wörter und Silben und verstehen nichts: Sie sind ein Hinweis, kein Urteil."

export function easeInWords({ flesch, school, length, weight }, easy = false) {
  const [, name] = [[70, "leicht"], [60, "eher leicht"], [45, "mittel"], [30, "eher schwer"], [-1, "schwer"]].find(([from]) => flesch >= from)
  const reasons = []
  if (length > (easy ? 10 : 17)) reasons.push("lange Sätze")
  if (weight > (easy ? 1.8 : 2.05)) reasons.push("lange Wörter")
  const why = flesch < (easy ? 70 : 60) && reasons.length ? `: ${reasons.join(" und ")}` : ""
  return `Lesbarkeit: ${name}${why} (Flesch-Wert ${flesch} von 100, etwa ${school}. Schuljahr)`
}

const KINDS = [headings, links, capitals, abbreviations, longSentences, gender, longWords]

/** All hints about a text, in its order. rules: { gender, abbreviations: […], easy: true for Leichte Sprache }. */
export function hintsFor(blocks, rules) {
  return KINDS.flatMap((kind) => kind(blocks, rules)).sort((one, other) => one.block - other.block || one.start - other.start)
}

const hint = (kind, what, why, block, start, end) => ({ kind, what, why, block, start, end })

function headings(blocks) {
  const found = []
  let before = 1
  blocks.forEach(({ type, level, text }, i) => {
    if (type !== "heading") return
    if (!text.trim()) return found.push(hint("heading", "Leere Überschrift", "Vorlese-Programme kündigen sie an, und dann kommt nichts. Bitte löschen oder ausfüllen.", i, 0, 0))
    if (level > before + 1) found.push(hint("heading", `„${text}“`, "Vor einer kleinen Überschrift braucht es eine große: Wer mit Vorlese-Programm liest, springt von Überschrift zu Überschrift.", i, 0, text.length))
    before = level
  })
  return found
}

function links(blocks) {
  return blocks.flatMap(({ text, links = [] }, i) =>
    links.flatMap(({ start, end }) => {
      const name = text.slice(start, end).trim()
      const at = [i, start, end]
      if (EMPTY_LINKS.test(name)) return hint("link", `Link „${name}“`, "Der Link soll sagen, wohin er führt, auch allein gelesen: „Programm als PDF“ statt „hier“.", ...at)
      if (/^(https?:\/\/|www\.)\S+$/iu.test(name)) return hint("link", `Link „${shorten(name)}“`, "Eine Adresse liest sich schlecht vor. Besser der Name der Seite als Text des Links.", ...at)
      return []
    }),
  )
}

const CAPITALS = /(?<![\p{L}\d.@/_-])\p{Lu}{2,}(?![\p{L}\d@_])/gu

// A run of words in capitals, or one of seven letters and more; shorter ones are abbreviations.
function shouted(text) {
  const runs = []
  for (const match of text.matchAll(/(?<![\p{L}\d])\p{Lu}{2,}(?:[-\s!,]+\p{Lu}{2,})*(?![\p{L}\d])/gu)) {
    const parts = match[0].match(/\p{Lu}+/gu)
    const run = parts.length > 1 && parts.filter((part) => part.length >= 4).length > parts.length / 2
    if (run || (parts.length === 1 && match[0].length >= 7)) runs.push([match.index, match.index + match[0].length])
  }
  return runs
}

function capitals(blocks) {
  return blocks.flatMap(({ text }, i) =>
    shouted(text).map(([start, end]) => hint("capitals", `„${shorten(text.slice(start, end))}“`, "Großbuchstaben liest man langsamer, und manche Vorlese-Programme buchstabieren sie. Für Wichtiges gibt es Fett.", i, start, end)),
  )
}

function abbreviations(blocks, rules) {
  const known = new Set(rules.abbreviations)
  const whole = blocks.map((block) => block.text).join("\n")
  const found = []
  blocks.forEach(({ text }, i) => {
    const loud = shouted(text)
    for (const match of text.matchAll(CAPITALS)) {
      const [short] = match
      const end = match.index + short.length
      if (short.length > 6 || known.has(short) || ROMAN.test(short) || loud.some(([from, to]) => match.index >= from && end <= to)) continue
      known.add(short)
      const explained = whole.includes(`(${short})`) || new RegExp(`${short}\\s*\\(\\p{L}{3}`, "u").test(whole)
      if (!explained) found.push(hint("abbreviation", `„${short}“`, `Nicht alle kennen die Abkürzung. Beim ersten Mal bitte ausschreiben: „ausgeschriebener Name (${short})“.`, i, match.index, end))
    }
  })
  return found
}

function longSentences(blocks, rules) {
  const most = rules.easy ? 12 : 25
  return blocks.flatMap(({ text, type }, i) =>
    type === "heading"
      ? []
      : sentences(text).flatMap((sentence) => {
          const count = words(sentence.text).length
          const why = rules.easy ? "In Leichter Sprache hat ein Satz eine Aussage und höchstens zwölf Wörter." : "Ab etwa 25 Wörtern verlieren viele den Faden. Lassen sich daraus zwei Sätze machen?"
          return count > most ? hint("sentence", `Satz mit ${count} Wörtern: „${shorten(sentence.text)}“`, why, i, sentence.start, sentence.end) : []
        }),
  )
}

function longWords(blocks, rules) {
  if (!rules.easy) return []
  return blocks.flatMap(({ text }, i) =>
    words(text)
      .filter((match) => match[0].split(/[-·:*_/]/).some((part) => part.length > 15))
      .map((match) => hint("word", `„${match[0]}“`, "Lange Wörter brauchen in Leichter Sprache einen Bindestrich: Bezirks-Beauftragte.", i, match.index, match.index + match[0].length)),
  )
}

const SIGNS = {
  "*": { name: "Sternchen", write: (stem, end) => `${stem}*${end}` },
  ":": { name: "Doppelpunkt", write: (stem, end) => `${stem}:${end}` },
  _: { name: "Unterstrich", write: (stem, end) => `${stem}_${end}` },
  "/": { name: "Schrägstrich", write: (stem, end) => `${stem}/-${end}` },
  I: { name: "großen I", write: (stem, end) => `${stem}${end[0].toUpperCase()}${end.slice(1)}` },
}
const FORMS = new RegExp(
  `(?<![\\p{L}\\d./@:])(${LETTER}{2,})(?:([*:_])((?:in(?:nen)?|r|e|n|en|er|s|m|die|das|der|den|dem|ihre?[rnms]?|eine?[rnms]?)(?!${LETTER}))|(/)-?(in(?:nen)?)(?!${LETTER})|\\((in(?:nen)?)\\)|(?<=\\p{Ll})(I)(n(?:nen)?)(?!${LETTER}))`,
  "gu",
)

function gender(blocks, { gender: house }) {
  return blocks.flatMap(({ text }, i) =>
    [...text.matchAll(FORMS)].flatMap((match) => {
      const [form, stem, sign, ending, slash, slashed, bracketed, inner, innerEnd] = match
      const used = sign || (slash && "/") || (bracketed && "(") || (inner && "I")
      if (used === house) return []
      const end = ending || slashed || bracketed || `i${innerEnd}`
      const neutral = "Am besten ist eine neutrale Form (Mitarbeitende, Team, Fachkraft)"
      const why = house === "neutral" ? `${neutral}.` : `${neutral}; sonst im Haus mit ${SIGNS[house].name}: „${SIGNS[house].write(stem, end)}“.`
      return hint("gender", `„${form}“`, why, i, match.index, match.index + form.length)
    }),
  )
}

function shorten(text, most = 60) {
  return text.length > most ? `${text.slice(0, most).replace(/\s+\S*$/u, "")} …` : text
}
