// Marks words in another language, so that screen readers pronounce them (WCAG 3.1.2): <span lang="…">.
import { Mark } from "django-prose-editor/editor"

const LANGUAGES = {
  en: "Englisch",
  "de-x-simple": "Einfaches Deutsch",
  tr: "Türkisch",
  ar: "Arabisch",
  uk: "Ukrainisch",
  pl: "Polnisch",
  fr: "Französisch",
}

const option = (text) => Object.assign(document.createElement("p"), { textContent: text })

export const Language = Mark.create({
  name: "language",

  addAttributes() {
    return { lang: { default: null } }
  },

  parseHTML() {
    return [{ tag: "span[lang]" }]
  },

  renderHTML({ HTMLAttributes }) {
    return ["span", HTMLAttributes, 0]
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "language:none",
      groups: "language",
      button: buttons.text("Sprache", "Sprache der markierten Wörter"),
      option: option("Deutsch (wie der übrige Text)"),
      active: (editor) => !editor.isActive("language"),
      command: (editor) => editor.chain().focus().unsetMark("language", { extendEmptyMarkRange: true }).run(),
    })
    for (const [lang, name] of Object.entries(LANGUAGES)) {
      menu.defineItem({
        name: `language:${lang}`,
        groups: "language",
        button: buttons.text(name, `Sprache der markierten Wörter: ${name}`),
        option: option(name),
        active: (editor) => editor.isActive("language", { lang }),
        command: (editor) => editor.chain().focus().setMark("language", { lang }).run(),
      })
    }
  },
})
