// @ts-check
/**
 * As much of a page as the authenticator's modules look at when they are loaded, for tests in Node.
 * Import it before them: `await import(…)`.
 */

class StubElement {
  /** @param {string} text */
  constructor(text = "") {
    this.textContent = text;
    /** @type {Record<string, string>} */
    this.dataset = { patience: JSON.stringify({ answer: 1000 }) };
  }
}

/** What the page says; of any other word, its name. @type {Record<string, string>} */
const WORDS = { "device-name": "{browser} on {system}" };

class StubTemplate extends StubElement {
  content = {
    /** @param {string} selector `[data-word="…"]` */
    querySelector: (selector) => {
      const [, name = ""] = selector.split('"');
      return new StubElement(WORDS[name] ?? name);
    },
  };
}

/**
 * @param {string} agent the browser's name of itself
 * @param {{lang?: string, maxTouchPoints?: number, isInstalled?: boolean}} [options]
 */
export function standIn(agent, { lang = "en", maxTouchPoints = 0, isInstalled = false } = {}) {
  const navigator = { userAgent: agent, languages: [lang], maxTouchPoints };
  const elements = new Map([["#words", new StubTemplate()]]);
  const document = {
    title: "Authenticator · nod",
    documentElement: { lang },
    querySelector: (/** @type {string} */ name) => elements.get(name) ?? new StubElement(),
  };
  const parts = {
    document,
    navigator,
    HTMLElement: StubElement,
    HTMLTemplateElement: StubTemplate,
    matchMedia: () => ({ matches: isInstalled }),
  };
  for (const [name, value] of Object.entries(parts)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
