// @ts-check
/** The rows of a question: every field of what will be signed, as plain text. */

import { copy, fill, part, word } from "./page.js";
import { ago, exact } from "./times.js";

/** @typedef {import("./protocol.js").Fields} Fields */

/** @param {ParentNode} root @param {string} name @returns {HTMLElement[]} */
const places = (root, name) => [...root.querySelectorAll(`[data-field="${name}"]`)].filter((element) => element instanceof HTMLElement);

/** A field as words; the ones we know have a word of their own for "not known". @param {string} name @param {Fields[string]} value */
const spoken = (name, value) => (value === null || value === "" ? word(`no-${name}`) || word("no-value") : String(value));

/** Untouched where it already says so: a selection on the screen stays. @param {HTMLElement} place @param {string} text */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** @param {HTMLElement} place @param {number} at @param {number} now */
function writeTime(place, at, now) {
  write(place, ago(at, now));
  place.title = exact(at);
}

/** @param {HTMLElement} root @param {string} name */
function addRow(root, name) {
  const row = copy("fact-other");
  fill(row, { name });
  part(row, "value")?.setAttribute("data-field", name);
  root.querySelector(".facts")?.append(row);
}

/** Writes the fields that have a place here; `now` is the server's. @param {HTMLElement} root @param {Fields} context @param {number} now */
export function writeKnown(root, context, now) {
  for (const [name, value] of Object.entries(context)) {
    if (name === "at" && typeof value === "number") places(root, name).forEach((place) => writeTime(place, value, now));
    else places(root, name).forEach((place) => write(place, spoken(name, value)));
  }
}

/**
 * Shows a whole context: a field that this version does not know gets a row `name: value`.
 * @param {HTMLElement} root @param {Fields} context @param {number} now
 */
export function writeFacts(root, context, now) {
  Object.keys(context).filter((name) => !places(root, name).length).forEach((name) => addRow(root, name));
  writeKnown(root, context, now);
}

/** Whether every field stands on the screen. What is not seen is not signed. @param {HTMLElement} root @param {Fields} context */
export const isAllShown = (root, context) =>
  root.isConnected && Object.keys(context).every((name) => places(root, name).some((place) => place.textContent !== ""));
