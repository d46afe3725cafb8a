// In a picture's form: the point that every crop keeps in view, by click or by slider, and description or decoration.

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

const CROPS = [["Karte", 3 / 2], ["Quadrat", 1]] // prettier-ignore
const STAGE = 480 // most pixels of the picture's width while pointing

class FocalPoint {
  constructor(input, file) {
    this.input = input
    this.stage = element("canvas", { class: "focal__picture", "aria-hidden": "true" })
    this.cross = element("span", { class: "focal__cross", "aria-hidden": "true" })
    this.sliders = [this.slider("von links", 0), this.slider("von oben", 1)]
    this.crops = CROPS.map(([name, ratio]) => ({ ratio, canvas: element("canvas", { "aria-hidden": "true" }), name }))
    this.root = element(
      "fieldset", { class: "focal" }, element("legend", {}, "Wichtigste Stelle"),
      element("p", { class: "help" }, "Klicken Sie auf die Stelle, die bei jedem Zuschnitt zu sehen sein soll, oder stellen Sie sie ein."),
      element("div", { class: "focal__stage" }, this.stage, this.cross),
      element("div", { class: "focal__sliders" }, ...this.sliders.map(({ label }) => label)),
      element("div", { class: "focal__crops" },
        ...this.crops.map(({ canvas, name }) => element("figure", {}, canvas, element("figcaption", {}, name)))),
    ) // prettier-ignore
    this.root.hidden = true
    file.closest(".form-row, .panel__field").after(this.root)
    input.addEventListener("focal:set", async (event) => {
      await this.taking
      this.set(event.detail.split("x").map(Number))
    })
    this.stage.addEventListener("click", (event) => this.pointed(event))
    file.addEventListener("change", () => (this.taking = this.take(file.files[0])))
    if (file.files.length) this.taking = this.take(file.files[0])
    else if (input.dataset.picture) this.load(input.dataset.picture)
  }

  slider(name, axis) {
    const range = element("input", { type: "range", min: "0", max: "100", step: "1" })
    range.addEventListener("input", () => {
      const point = this.point
      point[axis] = range.valueAsNumber / 100
      this.set(point)
    })
    return { range, label: element("label", {}, `${name} `, range) }
  }

  get point() {
    const point = this.input.value.split("x").map(Number)
    return point.length === 2 && point.every((share) => share >= 0 && share <= 1) ? point : [0.5, 0.5]
  }

  set(point) {
    this.input.value = point.map((share) => Number(Math.min(1, Math.max(0, share)).toFixed(3))).join("x")
    this.input.dispatchEvent(new Event("change", { bubbles: true }))
    this.draw()
  }

  async take(file) {
    this.image = null
    try {
      this.image = file && (await createImageBitmap(file))
    } catch {
      // not a picture, or too large to be shown here: the server says so
    }
    if (this.image) this.set([0.5, 0.5])
    this.root.hidden = !this.image
  }

  load(address) {
    const image = new Image()
    image.onload = () => {
      this.image = image
      this.root.hidden = false
      this.draw()
    }
    image.src = address
  }

  pointed(event) {
    const box = this.stage.getBoundingClientRect()
    this.set([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height])
  }

  draw() {
    if (!this.image) return
    const { width, height } = this.image
    const [x, y] = this.point
    const scale = Math.min(1, STAGE / width)
    Object.assign(this.stage, { width: Math.round(width * scale), height: Math.round(height * scale) })
    this.stage.getContext("2d").drawImage(this.image, 0, 0, this.stage.width, this.stage.height)
    this.cross.style.left = `${x * 100}%`
    this.cross.style.top = `${y * 100}%`
    this.sliders[0].range.value = Math.round(x * 100)
    this.sliders[1].range.value = Math.round(y * 100)
    for (const crop of this.crops) this.drawCrop(crop, x, y)
  }

  // As forum.pictures.centering cuts.
  drawCrop({ ratio, canvas }, x, y) {
    const { width, height } = this.image
    const cutWidth = Math.min(width, height * ratio)
    const cutHeight = Math.min(height, width / ratio)
    const left = Math.min(Math.max(x * width - cutWidth / 2, 0), width - cutWidth)
    const top = Math.min(Math.max(y * height - cutHeight / 2, 0), height - cutHeight)
    Object.assign(canvas, { width: Math.round(96 * ratio), height: 96 })
    canvas.getContext("2d").drawImage(this.image, left, top, cutWidth, cutHeight, 0, 0, canvas.width, canvas.height)
  }
}

// A description is only asked for where there is something to describe.
function chooseOne(radios, text) {
  const follow = () => {
    const decorative = radios.some((radio) => radio.checked && radio.value === "True")
    text.disabled = decorative
    text.closest(".form-row, .panel__field").hidden = decorative
  }
  for (const radio of radios) radio.addEventListener("change", follow)
  text.addEventListener("input", () => {
    if (text.value && !radios.some((radio) => radio.checked)) radios.find((radio) => radio.value === "False").checked = true
  })
  follow()
}

function dress(root) {
  const point = root.querySelector("input.focal-point")
  const file = root.querySelector("input[type=file][name=file]")
  if (!point || !file || point.dataset.dressed) return
  point.dataset.dressed = "yes"
  new FocalPoint(point, file)
  const radios = [...root.querySelectorAll("input[type=radio][name=decorative]")]
  const text = root.querySelector("[name=alt_text]")
  if (radios.length && text) chooseOne(radios, text)
}

document.addEventListener("panel:opened", (event) => dress(event.target))
for (const form of document.querySelectorAll("#content form")) dress(form)
