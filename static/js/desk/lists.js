// Lists on a phone: each row a card; every cell gets the name of its column.
const table = document.getElementById("result_list")

if (table) {
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.querySelector(".text")?.textContent.trim() || "")
  for (const row of table.tBodies[0]?.rows ?? []) {
    for (const cell of row.cells) {
      const name = names[cell.cellIndex]
      if (name && cell.tagName === "TD") cell.dataset.label = name
    }
  }
  table.classList.add("stacked")
}
