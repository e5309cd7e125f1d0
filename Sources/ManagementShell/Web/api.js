// Questions to the management service, each with the token of the person who asks.

import { EventStream } from "./stream.js";
import { hasText, t } from "./texts.js";
import { learnServiceTime } from "./times.js";

/** A question that was not answered: `code` names the problem, `status` is HTTP's, 0 for none. */
export class Problem extends Error {
  constructor(code, status) {
    super(code);
    this.code = code;
    this.status = status;
  }

  get text() {
    const key = `problem.${this.code}`;
    return hasText(key) ? t(key) : t("problem.unknown", { status: this.status });
  }
}

export class API {
  static root = "/api/v1";

  constructor(token) {
    this.token = token;
  }

  /** Every station, with all that is known of it. */
  async stations() {
    return (await this.get("/stations", {})).stations;
  }

  /** Records, the newest first, in pages that end before a given id. */
  async events(parameters) {
    return (await this.get("/events", parameters)).events;
  }

  /** Counts of what was sent to the service in vain: `{since, refused}`. */
  async refusedInput() {
    return this.get("/refused-input", {});
  }

  /** Messages that nobody could read, the newest first, in pages like those of events. */
  async quarantine(parameters) {
    return (await this.get("/quarantine", parameters)).quarantine;
  }

  /** What a station's sensors measured, a series for each quantity of each. */
  async measurements(station, parameters) {
    return (await this.get(`/stations/${station}/measurements`, parameters)).series;
  }

  /** A stream of what happens; see EventStream for the callbacks. */
  stream(callbacks) {
    return new EventStream(`${API.root}/events/stream`, this.headers, callbacks);
  }

  get headers() {
    return { Authorization: `Bearer ${this.token}` };
  }

  async get(path, parameters) {
    const present = Object.entries(parameters).filter(([, value]) => value);
    const query = new URLSearchParams(present).toString();
    let answer;
    try {
      answer = await fetch(`${API.root}${path}${query ? `?${query}` : ""}`, {
        headers: this.headers, cache: "no-store", signal: AbortSignal.timeout(15000),
      });
    } catch {
      throw new Problem("network", 0);
    }
    learnServiceTime(answer.headers.get("Date"));
    if (!answer.ok) throw await problem(answer);
    return answer.json();
  }
}

export async function problem(answer) {
  const body = await answer.json().catch(() => ({}));
  return new Problem(answer.status === 401 ? "unauthorized" : body.code, answer.status);
}
