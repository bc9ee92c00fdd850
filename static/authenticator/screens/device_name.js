// @ts-check
/**
 * A first guess at what a person would call this device.
 *
 * @typedef {{getHighEntropyValues: (names: ["model"]) => Promise<{model?: string}>}} AgentData
 *   Chromium's, and not in TypeScript's DOM
 */

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
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** @param {[RegExp, string][]} table */
const found = (table) => table.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? "";

/** The model of a phone, where the browser tells it. */
async function model() {
  const { userAgentData } = /** @type {Navigator & {userAgentData?: AgentData}} */ (navigator);
  const hints = await userAgentData?.getHighEntropyValues(["model"]).catch(() => null);
  return hints?.model;
}

/**
 * @returns {Promise<string>} such as "Pixel 8" or "Firefox on Linux"; empty when nothing is known
 */
export async function suggestedName() {
  const known = await model();
  if (known) return known;
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  if (!browser || !system) return system;
  return word("device-name").replace("{browser}", browser).replace("{system}", system);
}

/**
 * What was typed, as the protocol takes a name: nothing unseen in it, no spaces at its ends, at
 * most 64 characters.
 * @param {string} typed
 */
export function cleanName(typed) {
  const seen = typed.replace(UNSEEN, " ");
  return [...seen.trim()].slice(0, LONGEST).join("").trim();
}
