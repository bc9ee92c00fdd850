/** What service_worker.py writes before the modules that it joins into the worker's script. */
declare const nod: {
  version: string;
  /** Every address that it takes to show the authenticator. */
  shell: string[];
  /** The public half of the VAPID key, base64url. */
  pushKey: string;
  icon: string;
  badge: string;
  patience: import("../static/authenticator/protocol/timeouts.js").Timeouts;
  /** Of notifications, by name. */
  words: Record<string, string>;
};
