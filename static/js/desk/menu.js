// The list of lists: always open where it stands beside the page.
const menu = document.querySelector(".menu > details")
const wide = matchMedia("(min-width: 64.0625rem)")

function fit() {
  menu.open = wide.matches
}

if (menu) {
  wide.addEventListener("change", fit)
  fit()
}
