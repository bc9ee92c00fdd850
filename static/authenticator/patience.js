// @ts-check
/**
 * How long page and service worker wait for somebody else before they go on without, in ms. The server says it (AUTHENTICATOR_PATIENCE of its
 * settings), with the page and with the worker; it is read once.
 *
 * @typedef {object} Patience
 * @property {number} answer       of the server, to a call
 * @property {number} page         the worker has, before it takes the kept one
 * @property {number} pushService  of the browser
 * @property {number} turn         of who else deals with notifications
 * @property {number} testPush     to come back
 */

/** @type {Patience} */
export const patience = typeof document === "undefined" ? nod.patience : JSON.parse(document.querySelector("main")?.dataset.patience ?? "");
