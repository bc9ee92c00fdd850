// @ts-check
/** A stream of events that each say "look". The browser comes back to one that broke off by itself, unless the server says 204 or an error. */
export class Stream {
  /** @param {string} address @param {() => void} look @param {() => void} lost it told, and does no more */
  constructor(address, look, lost) {
    this.address = address;
    this.look = look;
    this.lost = lost;
    /** Whether events arrive: a proxy may let the head of an answer through, and keep the rest. */
    this.tells = false;
  }

  open() {
    if (this.source || !("EventSource" in window)) return;
    this.source = new EventSource(this.address);
    this.source.onmessage = () => {
      this.tells = true;
      this.look();
    };
    this.source.onerror = () => {
      const told = this.tells;
      this.tells = false;
      if (told) this.lost();
    };
  }

  close() {
    this.source?.close();
    this.source = undefined;
    this.tells = false;
  }
}
