// Questions to the management service, each with the token of the person who asks.

import { EventStream } from "./stream.js";
import { hasText, t } from "./texts.js";
import { learnServiceTime } from "./times.js";

/**
 * A question that was not answered: `code` names the problem, `status` is HTTP's, 0 for none, and
 * `reason` is the ledger's word for why it refuses an order.
 */
export class Problem extends Error {
  constructor(code, status, reason) {
    super(code);
    this.code = code;
    this.status = status;
    this.reason = reason;
  }

  get text() {
    if (hasText(`order.refusal.${this.reason}`)) return t(`order.refusal.${this.reason}`);
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

  /** Members by id, or those with a part of their id or label: `{search, after, limit}`. */
  async members(parameters) {
    return (await this.get("/members", parameters)).members;
  }

  /** One member: `{id, label, status, enrolled}`. */
  async member(member) {
    return this.get(memberPath(member), {});
  }

  /** Records that tell of a member, the newest first, in pages like those of events. */
  async eventsOfMember(member, parameters) {
    return (await this.get(`${memberPath(member)}/events`, parameters)).events;
  }

  /** `{status, reason}`: whether codes are issued to the member. */
  async changeMember(member, change) {
    return this.send("PATCH", memberPath(member), change);
  }

  /** A member's balance and movements, the newest first, in pages like those of events. */
  async statement(member, parameters) {
    return this.get(`${memberPath(member)}/points`, parameters);
  }

  /** Points for a member: `{key, amount, reason}`. The receipt has no movement where it waits. */
  async grantPoints(member, order) {
    return this.post(`${memberPath(member)}/grants`, order);
  }

  /** Orders that wait for a second person, and what one person decides alone within a day. */
  async pendingOrders(parameters) {
    return this.get("/pending-orders", parameters);
  }

  /** `{key, decision}` with a reason where it is declined. */
  async decideOrder(id, order) {
    return this.post(`/pending-orders/${id}/decision`, order);
  }

  /** What is set aside, the oldest first: `{open, old, holds}`. */
  async holds(parameters) {
    return this.get("/holds", parameters);
  }

  /** `{key, decision, reason}`: the price is taken, or given back. */
  async resolveHold(exchange, order) {
    return this.post(`/holds/${exchange}/resolution`, order);
  }

  /** What stations say fell without a hold: `{station, count, points, through}` of each. */
  async unproven() {
    return (await this.get("/unproven", {})).unproven;
  }

  /** `{key, through, reason}`: nobody pays for what the station told of up to there. */
  async dismissUnproven(station, order) {
    return this.post(`/stations/${station}/dismissal`, order);
  }

  /** What stations told of exchanges and does not fit, the newest first. */
  async discrepancies(parameters) {
    return this.get("/discrepancies", parameters);
  }

  /** Who did what, the newest first, in pages like those of events. */
  async audit(parameters) {
    return (await this.get("/audit", parameters)).audit;
  }

  /** Whether the ledger balances; everything is added up for it. */
  async ledgerProof() {
    return this.get("/ledger-proof", {});
  }

  /** What a station's machine took, by day and article: `{today, takings}`. */
  async takings(station, parameters) {
    return this.get(`/stations/${station}/takings`, parameters);
  }

  /** An order to a station: `{key, op}` with what the operation needs. */
  async orderCommand(station, order) {
    return this.post(`/stations/${station}/commands`, order);
  }

  /** What was ordered of a station, the newest first: `{before, limit}`. */
  async commands(station, parameters) {
    return (await this.get(`/stations/${station}/commands`, parameters)).commands;
  }

  /** `{lockDown, reason}`: what is wanted of a station until something else is. */
  async setLockDown(station, wish) {
    return this.send("PUT", `/stations/${station}/lock-down`, wish);
  }

  /** What the service sets at a station: `{settings, wanted, station}`. */
  async settings(station) {
    return this.get(`/stations/${station}/settings`, {});
  }

  /** `{expected, reason, sections}`: keys with the values that they get. */
  async changeSettings(station, change) {
    return this.send("PUT", `/stations/${station}/settings`, change);
  }

  /** What a draft would change, and what is wrong with it: `{revision, differences, faults}`. */
  async compareSettings(station, draft) {
    return this.post(`/stations/${station}/settings/differences`, draft);
  }

  /** Revisions of a station's settings, the newest first: `{before, limit}`. */
  async settingsRevisions(station, parameters) {
    return (await this.get(`/stations/${station}/settings/revisions`, parameters)).revisions;
  }

  /** Every section and key that can be set. */
  async settingsKeys() {
    return (await this.get("/settings-keys", {})).sections;
  }

  /** Whether the token is a manager's: a viewer is refused what waits for a decision. */
  async isManager() {
    if (this.manages === undefined) {
      try {
        await this.pendingOrders({ limit: 1 });
        this.manages = true;
      } catch (problem) {
        if (problem.status !== 403) throw problem;
        this.manages = false;
      }
    }
    return this.manages;
  }

  /** The certificates of a station's boards, the newest first. */
  async certificates(station, parameters) {
    return (await this.get(`/stations/${station}/certificates`, parameters)).certificates;
  }

  /** A code by which a board becomes this station: `{code, expires}`. It is told once. */
  async makeClaimCode(station) {
    return this.post(`/stations/${station}/claim-codes`, {});
  }

  /** Has the board take another key: `{asked}`. */
  async renewCertificate(station) {
    return this.post(`/stations/${station}/certificate-renewals`, {});
  }

  /** `{reason}`: none of the station's certificates counts any more. */
  async lockOut(station, order) {
    return this.post(`/stations/${station}/lock-out`, order);
  }

  /** A code of digits for somebody without a phone: `{key, ap, from, until, uses}`. */
  async makeTypedCode(station, order) {
    return this.post(`/stations/${station}/codes`, order);
  }

  /** The typed codes of a station beside its report: `{codes, foreign, reportedAt}`. */
  async typedCodes(station, parameters) {
    return this.get(`/stations/${station}/codes`, parameters);
  }

  async removeTypedCode(station, credential) {
    return this.ask(`/stations/${station}/codes/${encodeURIComponent(credential)}`,
      { method: "DELETE", headers: this.headers });
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
    return this.ask(`${path}${query ? `?${query}` : ""}`, { headers: this.headers });
  }

  async post(path, body) {
    return this.send("POST", path, body);
  }

  async send(method, path, body) {
    return this.ask(path, {
      method, headers: { ...this.headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async ask(path, options) {
    let answer;
    try {
      answer = await fetch(`${API.root}${path}`, {
        ...options, cache: "no-store", signal: AbortSignal.timeout(15000),
      });
    } catch {
      throw new Problem("network", 0);
    }
    learnServiceTime(answer.headers.get("Date"));
    if (!answer.ok) throw await problem(answer);
    try {
      return await answer.json();
    } catch {
      // The answer broke off: whether an order was carried out is not known.
      throw new Problem("network", 0);
    }
  }
}

/** The path of a member whom an address may name: no part of it leads to another call. */
function memberPath(member) {
  if (/^\.{1,2}$/.test(member)) throw new Problem("not-found", 404);
  return `/members/${encodeURIComponent(member)}`;
}

export async function problem(answer) {
  const body = await answer.json().catch(() => ({}));
  return new Problem(answer.status === 401 ? "unauthorized" : body.code, answer.status, body.reason);
}
