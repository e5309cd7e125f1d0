// A stream of server-sent events over fetch, which can carry a token; it comes back by itself.

/** Cuts the text of an event stream into events, as the HTML standard's parser does. */
export class EventParser {
  constructor(lastID = "") {
    this.rest = "";
    this.reset();
    /** Of the last block that is complete, whether or not it held data. */
    this.lastID = lastID;
    this.nextID = lastID;
  }

  /** The events `{name, data, id}` that are complete by now. */
  take(text) {
    const events = [];
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        this.lastID = this.nextID;
        if (this.data.length) {
          const name = this.name || "message";
          events.push({ name, data: this.data.join("\n"), id: this.lastID });
        }
        this.reset();
      } else {
        this.field(line);
      }
    }
    return events;
  }

  field(line) {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.name = value;
    else if (name === "data") this.data.push(value);
    else if (name === "id" && !value.includes("\0")) this.nextID = value;
  }

  reset() {
    this.name = "";
    this.data = [];
  }
}

/**
 * Keeps a stream open until it is closed. Callbacks: `onOpen()` on each connection,
 * `onEvent({name, data, id})`, `onAlive()` whenever anything arrives, `onDown()` when a
 * connection fails or ends, `onRefused(response)` when the token is not accepted, after which
 * it does not come back.
 */
export class EventStream {
  /** The service sends something at least every 15 s; this long without it, the line is dead. */
  static silence = 40000;
  static longestDelay = 30000;

  constructor(address, headers, callbacks) {
    this.address = address;
    this.headers = headers;
    this.callbacks = callbacks;
    this.lastID = "";
    this.failures = 0;
    this.isClosed = false;
    this.run();
  }

  close() {
    this.isClosed = true;
    this.abort?.abort();
    this.wake?.();
  }

  /** Tries again at once, where it is waiting. */
  hurry() {
    this.wake?.();
  }

  async run() {
    while (!this.isClosed) {
      try {
        await this.connect();
      } catch {
        // A refused connection, a broken one and a silent one are all the same: come back.
      }
      clearTimeout(this.watchdog);
      if (this.isClosed) return;
      this.callbacks.onDown();
      await this.pause();
    }
  }

  async connect() {
    this.abort = new AbortController();
    this.feedWatchdog();
    const resume = this.lastID ? { "Last-Event-ID": this.lastID } : {};
    const answer = await fetch(this.address, {
      headers: { ...this.headers, ...resume, Accept: "text/event-stream" },
      cache: "no-store", signal: this.abort.signal,
    });
    if (answer.status === 401 || answer.status === 403) {
      this.isClosed = true;
      this.callbacks.onRefused(answer);
      return;
    }
    if (!answer.ok) throw new Error(`${answer.status}`);
    this.failures = 0;
    this.callbacks.onOpen();
    await this.read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
  }

  async read(reader) {
    const parser = new EventParser(this.lastID);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.feedWatchdog();
      this.callbacks.onAlive();
      for (const event of parser.take(value)) {
        this.lastID = event.id;
        this.callbacks.onEvent(event);
      }
      this.lastID = parser.lastID;
    }
  }

  feedWatchdog() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.abort.abort(), EventStream.silence);
  }

  /** Waits a random part of a delay that doubles, so that a thousand screens spread out. */
  pause() {
    const limit = Math.min(EventStream.longestDelay, 1000 * 2 ** this.failures);
    this.failures += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 200 + Math.random() * limit);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
