// Reads a calendar or vCards with ical.js: node ical.mjs <ical.js> <file>; prints {parts, misses}.
import { readFileSync } from "node:fs"
import { pathToFileURL } from "node:url"

const [, , library, file] = process.argv
const { default: ICAL } = await import(pathToFileURL(library))
const text = readFileSync(file, "utf8")
const misses = []
let parts = 0

function check(name, condition) {
  if (!condition) misses.push(name)
}

function calendar(root) {
  for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone)
  for (const component of root.getAllSubcomponents("vevent")) {
    parts += 1
    const event = new ICAL.Event(component, { strictExceptions: true })
    check(`${event.summary}: UID`, event.uid)
    check(`${event.summary}: Anfang`, event.startDate && !Number.isNaN(event.startDate.toJSDate().getTime()))
    check(`${event.summary}: Ende vor dem Anfang`, event.endDate.compare(event.startDate) >= 0)
    check(`${event.summary}: Zone ${event.startDate.zone.tzid}`, event.startDate.isDate || event.startDate.zone.tzid === "Europe/Berlin")
    check(`${event.summary}: STATUS`, component.getFirstPropertyValue("status"))
  }
}

const parsed = ICAL.parse(text)
for (const one of Array.isArray(parsed[0]) ? parsed : [parsed]) {
  const root = new ICAL.Component(one)
  if (root.name === "vcalendar") calendar(root)
  else {
    parts += 1
    for (const name of ["version", "fn", "uid", "n"]) check(name, root.hasProperty(name))
    check("version 4.0", root.getFirstPropertyValue("version") === "4.0")
  }
}
console.log(JSON.stringify({ parts, misses }))
