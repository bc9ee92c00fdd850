// @ts-check
/**
 * The page's screens: templates that the server rendered in the person's language. No sentence is
 * written in JavaScript.
 */

const main = required(document, "main", HTMLElement);
const site = document.title.split(" · ").at(-1);
const isPhone = matchMedia("(pointer: coarse)").matches;

/**
 * Every element that fits the selector.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export const all = (root, selector) => [...root.querySelectorAll(selector)].filter(isHtml);

/** @param {Element} element */
const isHtml = (element) => element instanceof HTMLElement;

/**
 * The one that the template must have.
 * @template {HTMLElement} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function required(root, selector, type) {
  const element = root.querySelector(selector);
  if (element instanceof type) return element;
  throw new TypeError(`no ${selector}`);
}

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} name
 * @returns {T | null} the element with data-part="name"
 */
export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/**
 * A copy of `<template id="…">` that speaks of a phone or of a computer, whichever this is.
 * @param {string} id
 */
export function copy(id) {
  const { content } = required(document, `#${id}`, HTMLTemplateElement);
  const root = /** @type {HTMLElement} */ (document.importNode(content, true).firstElementChild);
  const other = isPhone ? "computer" : "phone";
  all(root, `[data-on="${other}"]`).forEach((element) => element.remove());
  return root;
}

/**
 * Writes texts into the places marked data-fill="name".
 * @param {ParentNode} root
 * @param {Record<string, string>} texts
 */
export function fill(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    const places = root.querySelectorAll(`[data-fill="${name}"]`);
    for (const place of places) place.textContent = text;
  }
}

const wordsOfPage = () => required(document, "#words", HTMLTemplateElement).content;

/**
 * A word or sentence that the page holds for its scripts; empty when it has none of this name.
 * @param {string} name
 */
export function word(name) {
  return wordsOfPage().querySelector(`[data-word="${name}"]`)?.textContent ?? "";
}

/**
 * All words whose names begin so, by the rest of their names.
 * @param {string} prefix
 * @returns {Record<string, string>}
 */
export function words(prefix) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const element of all(wordsOfPage(), `[data-word^="${prefix}"]`)) {
    found[(element.dataset.word ?? "").slice(prefix.length)] = element.textContent ?? "";
  }
  return found;
}

/**
 * Puts a screen on the page: the title follows, the focus goes to its field or its heading.
 * @param {HTMLElement} screen
 * @param {string} [who]
 */
export function show(screen, who) {
  main.replaceChildren(/** @type {Element} */ (main.querySelector(".auth-top")), screen);
  if (who !== undefined) fill(main, { who });
  const heading = screen.querySelector("h1");
  document.title = `${heading?.textContent} · ${site}`;
  const target = screen.querySelector("[data-focus]") ?? heading;
  if (target instanceof HTMLElement) {
    if (target.tagName === "H1") target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
}

/**
 * Runs `act` at each press of the element with data-do="name".
 * @param {ParentNode} root
 * @param {string} name
 * @param {() => unknown} act
 */
export function on(root, name, act) {
  for (const element of root.querySelectorAll(`[data-do="${name}"]`)) {
    element.addEventListener("click", () => act());
  }
}
