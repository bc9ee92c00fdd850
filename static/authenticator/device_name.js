// @ts-check
/** A first guess at what a person would call this device. */

import { word } from "./page.js";

/** The first that fits wins: most browsers also claim to be others. @type {[RegExp, string][]} */
const BROWSERS = [
  [/Edg/, "Edge"],
  [/OPR/, "Opera"],
  [/SamsungBrowser/, "Samsung Internet"],
  [/Firefox|FxiOS/, "Firefox"],
  [/Chrom|CriOS/, "Chrome"],
  [/Safari/, "Safari"],
];
/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Mac/, "Mac"],
  [/Linux/, "Linux"],
];
const LONGEST = 64;

/** @param {[RegExp, string][]} table */
const found = (table) => table.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? "";

/** @returns {Promise<string>} such as "Pixel 8" or "Firefox on Linux"; empty when nothing is known */
export async function suggestedName() {
  const hints = await /** @type {any} */ (navigator).userAgentData?.getHighEntropyValues(["model"]).catch(() => null);
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  if (hints?.model) return hints.model;
  return browser && system ? word("device-name").replace("{browser}", browser).replace("{system}", system) : system;
}

/** What was typed, as the protocol takes a name: nothing unseen in it, no spaces at its ends, at most 64 characters. @param {string} typed */
export function cleanName(typed) {
  const seen = typed.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu, " ");
  return [...seen.trim()].slice(0, LONGEST).join("").trim();
}
