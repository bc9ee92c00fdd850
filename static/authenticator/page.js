// @ts-check
/** The page's screens: templates that the server rendered in the person's language. No sentence is written in JavaScript. */

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const site = document.title.split(" · ").at(-1);
const isPhone = matchMedia("(pointer: coarse)").matches;

/** @template {HTMLElement} [T=HTMLElement] @param {ParentNode} root @param {string} name @returns {T | null} the element with data-part="name" */
export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** A copy of `<template id="…">` that speaks of a phone or of a computer, whichever this is. @param {string} id */
export function copy(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  const root = /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
  root.querySelectorAll(`[data-on="${isPhone ? "computer" : "phone"}"]`).forEach((element) => element.remove());
  return root;
}

/** Writes texts into the places marked data-fill="name". @param {ParentNode} root @param {Record<string, string>} texts */
export function fill(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    root.querySelectorAll(`[data-fill="${name}"]`).forEach((element) => (element.textContent = text));
  }
}

/** A word or sentence that the page holds for its scripts; empty when it has none of this name. @param {string} name */
export function word(name) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("words"));
  return template.content.querySelector(`[data-word="${name}"]`)?.textContent ?? "";
}

/** All words whose names begin so, by the rest of their names. @param {string} prefix @returns {Record<string, string>} */
export function words(prefix) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("words"));
  const found = /** @type {NodeListOf<HTMLElement>} */ (template.content.querySelectorAll(`[data-word^="${prefix}"]`));
  return Object.fromEntries([...found].map((element) => [(element.dataset.word ?? "").slice(prefix.length), element.textContent ?? ""]));
}

/** Puts a screen on the page: the title follows, the focus goes to its field or its heading. @param {HTMLElement} screen @param {string} [who] */
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

/** Runs `act` at each press of the element with data-do="name". @param {ParentNode} root @param {string} name @param {() => unknown} act */
export function on(root, name, act) {
  root.querySelectorAll(`[data-do="${name}"]`).forEach((element) => element.addEventListener("click", () => act()));
}
