// @ts-check
/**
 * Streams of events that each say: look into the inbox. One for each account, signed like every
 * call, so it is a fetch and no EventSource. It lasts two minutes at most, then the page signs
 * again. Where none is to be had, the page asks now and then.
 *
 * @import { Device } from "../protocol/devices.js"
 */

import { timeOf } from "../protocol/clock.js";
import { newId, requestHeader } from "../protocol/messages.js";

const PATH = "/v1/authenticator/inbox/events";
const BODY = "{}";
const EVENT = "data: look\n";
const MOST = 3; // a browser keeps six connections to a host, and needs some to ask
const SILENCE = 40_000; // ms; the server says every fifteen seconds that it is there
const AGAIN = 500; // ms until the next stream, after one that told something
const REST = 30_000; // ms, after one that did not

/** Not all pages at the same moment, after a restart. @param {number} ms */
const scattered = (ms) => ms * (1 + Math.random());

/** @param {Device} device @param {AbortSignal} signal */
async function open(device, signal) {
  const { device_id, aud } = device;
  const call = { device_id, htm: "POST", htu: aud + PATH, body: BODY };
  const Authorization = await requestHeader(device, { ...call, iat: timeOf(device), jti: newId() });
  return fetch(PATH, {
    method: "POST",
    body: BODY,
    headers: { "Content-Type": "application/json", Authorization },
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal,
  });
}

/** Listens for one account, until it is closed. */
class InboxStream {
  /** @param {Device} device @param {() => void} look */
  constructor(device, look) {
    this.device = device;
    this.look = look;
    this.closed = false;
    /** Whether events arrive: a proxy may let the head of an answer through, and keep the rest. */
    this.tells = false;
    this.run();
  }

  async run() {
    while (!this.closed) {
      const told = await this.hear().then(
        () => this.tells,
        () => this.tells,
      );
      this.tells = false;
      if (this.closed) return;
      if (!told) this.look();
      const rest = scattered(told ? AGAIN : REST);
      await new Promise((passed) => (this.timer = setTimeout(passed, rest)));
    }
  }

  /** One stream, to its end. */
  async hear() {
    this.control = new AbortController();
    const response = await open(this.device, this.stillThere(this.control));
    if (response.status !== 200 || !response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.closed) return;
      this.stillThere(this.control);
      text += value;
      if (text.includes(EVENT)) {
        this.tells = true;
        this.look();
      }
      text = text.slice(text.lastIndexOf("\n") + 1);
    }
  }

  /** @param {AbortController} control ends what is silent for too long */
  stillThere(control) {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => control.abort(), SILENCE);
    return control.signal;
  }

  close() {
    this.closed = true;
    this.tells = false;
    clearTimeout(this.watch);
    clearTimeout(this.timer);
    this.control?.abort();
  }
}

/** @param {() => void} look */
export function openStreams(look) {
  /** @type {Map<string, InboxStream>} */
  const streams = new Map();

  /** For these accounts and no others. @param {Device[]} devices */
  function follow(devices) {
    const few = devices.length > MOST ? [] : devices;
    for (const [id, stream] of streams) {
      if (few.some(({ device_id }) => device_id === id)) continue;
      stream.close();
      streams.delete(id);
    }
    for (const device of few) {
      const stream = streams.get(device.device_id);
      if (!stream) streams.set(device.device_id, new InboxStream(device, look));
      else stream.device = device; // the server's time may be known better by now
    }
  }

  /** Whether a question to any of them would be told. @param {Device[]} devices */
  const tell = (devices) =>
    devices.length > 0 && devices.every(({ device_id }) => streams.get(device_id)?.tells);

  return { follow, tell };
}
