// @ts-check
/**
 * The details of a question on the screen: every field of what will be signed, as plain text.
 *
 * @import { Fields } from "../protocol/canonical.js"
 */

import { all, copy, fill, part, word } from "./page.js";
import { ago, exact } from "./times.js";

/** @param {ParentNode} root @param {string} name */
const places = (root, name) => all(root, `[data-field="${name}"]`);

/**
 * A field as words; the ones we know have a word of their own for "not known".
 * @param {string} name
 * @param {Fields[string]} value
 */
const spoken = (name, value) =>
  value === null || value === "" ? word(`no-${name}`) || word("no-value") : String(value);

/**
 * Untouched where it already says so: a selection on the screen stays.
 * @param {HTMLElement} place
 * @param {string} text
 */
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

/**
 * Writes the fields that have a place here; `now` is the server's.
 * @param {HTMLElement} root
 * @param {Fields} context
 * @param {number} now
 */
export function writeKnown(root, context, now) {
  for (const [name, value] of Object.entries(context)) {
    for (const place of places(root, name)) {
      if (name === "at" && typeof value === "number") writeTime(place, value, now);
      else write(place, spoken(name, value));
    }
  }
}

/**
 * Shows a whole context: a field that this version does not know gets a row `name: value`.
 * @param {HTMLElement} root @param {Fields} context @param {number} now
 */
export function writeDetails(root, context, now) {
  for (const name of Object.keys(context)) if (!places(root, name).length) addRow(root, name);
  writeKnown(root, context, now);
}

/**
 * Whether every field stands on the screen. What is not seen is not signed.
 * @param {HTMLElement} root
 * @param {Fields} context
 */
export function isAllShown(root, context) {
  const isShown = (/** @type {string} */ name) =>
    places(root, name).some((place) => place.textContent !== "");
  return root.isConnected && Object.keys(context).every(isShown);
}
