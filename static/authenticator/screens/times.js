// @ts-check
/** Times as people say them, in the page's language. */

import { word } from "./page.js";

/**
 * The page's language, in the person's own region where the browser names one: 21 November in
 * Leeds, November 21 in Boston.
 */
const language =
  navigator.languages.find((tag) => tag.split("-")[0] === document.documentElement.lang) ??
  document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const JUST_NOW = 45; // s
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/**
 * "just now", "2 minutes ago", "yesterday".
 * @param {number} at seconds
 * @param {number} now seconds
 */
export function ago(at, now) {
  const passed = Math.max(0, now - at);
  if (passed < JUST_NOW) return word("now");
  const [unit, length] = UNITS.find(([, size]) => passed >= size) ?? ["second", 1];
  return relative.format(-Math.round(passed / length), unit);
}

/** "3 May". @param {number} at seconds */
export const day = (at) =>
  new Date(at * 1000).toLocaleDateString(language, { day: "numeric", month: "long" });

/** "21 November 2026 at 22:02". @param {number} at seconds */
export const exact = (at) =>
  new Date(at * 1000).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });

/** "1:52". @param {number} seconds */
export function minutes(seconds) {
  const left = Math.max(0, seconds);
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}
