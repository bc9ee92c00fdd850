// @ts-check
/**
 * How long page and service worker wait for somebody else before they go on without, in ms. The
 * server says it (AUTHENTICATOR_PATIENCE of its settings), with the page and with the worker; it is
 * read once.
 *
 * @typedef {object} Timeouts
 * @property {number} answer       of the server, to a call
 * @property {number} page         the worker has, before it takes the kept one
 * @property {number} pushService  of the browser
 * @property {number} turn         of who else deals with notifications
 * @property {number} testPush     to come back
 *
 * @typedef {{dataset: {patience?: string}}} Main
 * @typedef {{querySelector: (selector: "main") => Main | null}} Page  none in the worker
 */

const { document: page } = /** @type {{document?: Page}} */ (/** @type {unknown} */ (globalThis));

/** @type {Timeouts} */
export const timeouts = page
  ? JSON.parse(page.querySelector("main")?.dataset.patience ?? "")
  : nod.patience;
