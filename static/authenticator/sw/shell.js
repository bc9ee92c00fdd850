// @ts-check
/// <reference lib="webworker" />
/**
 * The service worker's cache: what it takes to open the authenticator without a connection. It asks the network first, so that a new page
 * never meets an old module.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE_PREFIX = "nod-auth-";
const CACHE_NAME = CACHE_PREFIX + nod.version;
const HOME = "/authenticator/";
const OFFLINE = "/authenticator/offline/";

async function fillCache() {
  const cache = await caches.open(CACHE_NAME);
  await cache.addAll(nod.shell.map((path) => new Request(path, { cache: "reload", credentials: "omit" })));
  await worker.skipWaiting();
}

/** Ours by prefix, and only those: other software may keep caches on this origin. */
async function dropOldCaches() {
  const old = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE_NAME);
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
}

/** @param {Request} request @param {string[]} instead what to answer with when there is no network */
async function networkFirst(request, instead) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(patience.page) });
  } catch {
    return (await kept(instead)) ?? Response.error();
  }
}

/** The page itself is kept anew each time it comes: it is in the language that was last used. @param {Request} request */
async function home(request) {
  const response = await networkFirst(request, [HOME]);
  if (response.ok && response.type === "basic") await (await caches.open(CACHE_NAME)).put(HOME, response.clone());
  return response;
}

worker.addEventListener("install", (event) => event.waitUntil(fillCache()));
worker.addEventListener("activate", (event) => event.waitUntil(dropOldCaches()));
worker.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== worker.location.origin) return;
  if (mode === "navigate") event.respondWith(pathname === HOME ? home(event.request) : networkFirst(event.request, [pathname, OFFLINE]));
  else if (nod.shell.includes(pathname)) event.respondWith(networkFirst(event.request, [pathname]));
});
