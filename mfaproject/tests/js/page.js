// @ts-check
/**
 * A page without anything in it: the scripts of our pages look at it when they are loaded, and find
 * nothing to do. For tests in Node; import it before them: `await import(…)`.
 */

/**
 * @param {string} lang
 * @param {{getAttribute: (name: string) => string | null} | null} [found] for any selector
 */
export function standIn(lang, found = null) {
  const document = {
    documentElement: { lang },
    querySelector: () => (found ? { ...found, querySelectorAll: () => [] } : null),
    querySelectorAll: () => [],
  };
  Object.defineProperty(globalThis, "document", { value: document, configurable: true });
}
