// @ts-check
/**
 * What this browser keeps, in IndexedDB: `devices` (one record for each paired account), `answers`
 * (decisions not yet acknowledged), `facts` (notification words, the last answer). Page and service
 * worker use the same database.
 *
 * @typedef {"devices" | "answers" | "facts"} StoreName
 */

const NAME = "nod-authenticator";
const VERSION = 1;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @returns {Promise<IDBDatabase>} */
function opened() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("devices", { keyPath: "device_id" });
    request.result.createObjectStore("answers", { keyPath: "challenge_id" });
    request.result.createObjectStore("facts");
  };
  return settled(request);
}

/** @type {Promise<IDBDatabase> | undefined} */
let database;

/**
 * Open until the browser takes it away: Safari does so when a page slept, others when the storage
 * is cleared.
 */
function connection() {
  database ??= opened().then((found) => {
    found.onclose = () => (database = undefined);
    found.onversionchange = () => found.close(); // a newer page must not wait for this one
    return found;
  });
  database.catch(() => (database = undefined));
  return database;
}

/**
 * One transaction on one store; done when it is on disk, not when it was asked for.
 * @template T
 * @param {StoreName} name
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
async function within(name, mode, act) {
  const transaction = (await connection()).transaction(name, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const result = await settled(act(transaction.objectStore(name)));
  await done;
  return result;
}

/**
 * The caller says what it has kept there.
 * @template [T=unknown]
 * @param {StoreName} store
 * @param {string} key
 * @returns {Promise<T | undefined>} undefined when there is none
 */
export const read = (store, key) => within(store, "readonly", (rows) => rows.get(key));

/** @template [T=unknown] @param {StoreName} store @returns {Promise<T[]>} */
export const readAll = (store) => within(store, "readonly", (rows) => rows.getAll());

/**
 * @param {StoreName} store
 * @param {object | boolean | number} value
 * @param {string} [key] only for `facts`
 */
export const keep = (store, value, key) =>
  within(store, "readwrite", (rows) => rows.put(value, key));

/**
 * Changes some members of a row at once; a row that is gone stays gone.
 * @param {StoreName} store
 * @param {string} key
 * @param {object} facts
 */
export const change = (store, key, facts) =>
  within(store, "readwrite", (rows) => {
    const found = rows.get(key);
    const changed = () => found.result && rows.put({ ...found.result, ...facts });
    found.addEventListener("success", changed);
    return found;
  });

/** @param {StoreName} store @param {string} key */
export const forget = (store, key) => within(store, "readwrite", (rows) => rows.delete(key));
