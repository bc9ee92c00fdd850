// @ts-check
/** Whether the authenticator can work here at all. */

import { devices } from "./protocol/devices.js";

const origin = document.querySelector("main")?.dataset.origin;

/**
 * @returns {Promise<"insecure" | "elsewhere" | "storage" | null>} the screen that says why not;
 *   null: it can
 */
export async function obstacle() {
  if (!isSecureContext || !globalThis.crypto?.subtle) return "insecure";
  if (origin !== location.origin) return "elsewhere";
  try {
    await devices();
    return null;
  } catch {
    return "storage";
  }
}
