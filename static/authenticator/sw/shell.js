// @ts-check
/**
 * The service worker's cache: what it takes to open the authenticator without a connection. It asks
 * the network first, so that a new page never meets an old module.
 */

import { timeouts } from "../protocol/timeouts.js";

export const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE_PREFIX = "nod-auth-";
const CACHE_NAME = CACHE_PREFIX + nod.version;
export const HOME = "/authenticator/";
const OFFLINE = "/authenticator/offline/";

async function fillCache() {
  const cache = await caches.open(CACHE_NAME);
  const options = /** @type {const} */ ({ cache: "reload", credentials: "omit" });
  await cache.addAll(nod.shell.map((path) => new Request(path, options)));
  await worker.skipWaiting();
}

/** Ours by prefix, and only those: other software may keep caches on this origin. */
async function dropOldCaches() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX));
  const old = ours.filter((name) => name !== CACHE_NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {string[]} paths @returns {Promise<Response | undefined>} the first that is kept */
async function kept(paths) {
  const cache = await caches.open(CACHE_NAME);
  for (const path of paths) {
    const found = await cache.match(path);
    if (found) return found;
  }
  return undefined;
}

/**
 * @param {Request} request
 * @param {string[]} instead what to answer with when there is no network
 */
async function networkFirst(request, instead) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(timeouts.page) });
  } catch {
    return (await kept(instead)) ?? Response.error();
  }
}

/**
 * The page itself is kept anew each time it comes: it is in the language that was last used.
 * @param {Request} request
 */
async function home(request) {
  const response = await networkFirst(request, [HOME]);
  const isOurs = response.ok && response.type === "basic";
  if (isOurs) await (await caches.open(CACHE_NAME)).put(HOME, response.clone());
  return response;
}

worker.addEventListener("install", (event) => event.waitUntil(fillCache()));
worker.addEventListener("activate", (event) => event.waitUntil(dropOldCaches()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (request.mode !== "navigate") {
    if (nod.shell.includes(pathname)) event.respondWith(networkFirst(request, [pathname]));
  } else if (pathname === HOME) event.respondWith(home(request));
  else event.respondWith(networkFirst(request, [pathname, OFFLINE]));
});
