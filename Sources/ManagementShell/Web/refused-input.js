// What the service was sent and could not use: counts by source, and the quarantine itself.

import { h } from "./dom.js";
import { hasText, named, t } from "./texts.js";
import { moment, serviceNow } from "./times.js";

const every = 20000;
const day = 86400000;

/** The service's counts of refused input, asked for again and again. */
export class RefusedInput {
  /** `onChange` is called after each answer. */
  constructor(api, onChange) {
    this.api = api;
    this.onChange = onChange;
    this.entries = [];
    /** What the service cannot use of its own files. */
    this.notices = [];
    this.since = null;
    this.problem = null;
    this.read();
    this.timer = setInterval(() => this.read(), every);
  }

  stop() {
    clearInterval(this.timer);
  }

  async read() {
    try {
      const { since, refused, notices } = await this.api.refusedInput();
      this.since = since;
      this.entries = refused;
      this.notices = notices;
      this.problem = null;
    } catch (problem) {
      this.problem = problem;
      // Neither the rights of a token nor what a service can answer change while it runs.
      if (isFinal(problem)) this.stop();
    }
    this.onChange();
  }

  /** How much was refused in all; null where that is not known. */
  get total() {
    return this.since === null ? null
      : this.entries.reduce((sum, entry) => sum + entry.count, 0);
  }

  /** What a station sent in vain, where some of it came within the last day. */
  of(station) {
    const own = this.entries.filter((entry) => entry.station === station);
    const isRecent = own.some((entry) => entry.last > serviceNow() - day);
    return isRecent ? own.reduce((sum, entry) => sum + entry.count, 0) : 0;
  }
}

/** The part of the events page that shows both. */
export class RefusedInputPart {
  static page = 20;
  /** Of a raw message; whoever needs all of it asks the API. */
  static longest = 4000;

  constructor(api, fleet, input) {
    this.api = api;
    this.fleet = fleet;
    this.input = input;
    this.element = h("section", { class: "refused-input", "aria-labelledby": "refused-title",
      tabindex: "-1" });
    this.build();
  }

  build() {
    this.since = h("p", { class: "soft" });
    this.body = h("tbody");
    this.table = h("table", { class: "input-table", hidden: true },
      h("caption", { class: "unseen" }, t("events.input")),
      h("thead", {}, h("tr", {}, columns.map((key) =>
        h("th", { scope: "col" }, t(`events.input.${key}`))))),
      this.body);
    this.list = h("ul", { class: "quarantine" });
    this.note = h("p", { class: "soft", role: "status" });
    this.older = h("button", { type: "button", hidden: true, onclick: () => this.readMore() },
      t("events.quarantine.older"));
    this.element.replaceChildren(
      h("h2", { id: "refused-title" }, t("events.input")),
      h("p", { class: "soft" }, t("events.input.advice")), this.since, this.table,
      h("h3", {}, t("events.quarantine")),
      h("p", { class: "soft" }, t("events.quarantine.advice")),
      this.list, this.note, this.older);
    this.show();
    this.read();
  }

  /** Draws the counts as they are now. */
  show() {
    const { entries, since, problem } = this.input;
    this.table.hidden = entries.length === 0;
    this.since.textContent = problem ? unavailable(problem)
      : since === null ? t("station.events.loading")
      : t(entries.length ? "events.input.since" : "events.input.none", { time: moment(since) });
    this.body.replaceChildren(...entries.map((entry) => {
      const cells = {
        source: known(`input.${entry.source}`, entry.source),
        kind: known(`input.${entry.kind}`, entry.kind),
        station: entry.station === null ? t("events.input.no-station")
          : this.name(entry.station),
        count: entry.count, last: moment(entry.last), reason: entry.reason,
      };
      return h("tr", {}, columns.map((key) =>
        h("td", { "data-column": t(`events.input.${key}`), class: key }, cells[key])));
    }));
  }

  /** Brings it into sight, and the keyboard with it. */
  reveal() {
    this.element.scrollIntoView();
    this.element.focus({ preventScroll: true });
  }

  /** Reads the newest of the quarantine anew. */
  async read() {
    this.last = undefined;
    await this.readMore();
  }

  async readMore() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const before = this.last;
    this.note.textContent = t("station.events.loading");
    try {
      const items = await this.api.quarantine({ before, limit: RefusedInputPart.page });
      if (turn !== this.turn) return;
      if (!before) this.list.replaceChildren();
      this.last = items.at(-1)?.id ?? before;
      this.list.append(...items.map((item) => this.item(item)));
      this.older.hidden = items.length < RefusedInputPart.page;
      this.note.textContent = this.list.children.length ? "" : t("events.quarantine.none");
    } catch (problem) {
      if (turn !== this.turn) return;
      this.older.hidden = true;
      this.note.textContent = unavailable(problem);
    }
  }

  item(item) {
    const cut = item.raw.length > RefusedInputPart.longest;
    return h("li", {}, h("details", {},
      h("summary", {},
        h("time", { datetime: new Date(item.received).toISOString() }, moment(item.received)),
        h("strong", {}, this.name(item.station)), h("span", {}, item.reason),
        h("code", { class: "cut" }, item.raw.slice(0, 80))),
      h("pre", { tabindex: "0" },
        cut ? `${item.raw.slice(0, RefusedInputPart.longest)}…` : item.raw),
      h("p", { class: "soft" }, t("events.quarantine.size", { n: item.raw.length }))));
  }

  name(station) {
    return named(this.fleet.stations.get(station)?.names, station);
  }
}

const columns = ["source", "kind", "station", "count", "last", "reason"];

function isFinal(problem) {
  return problem.status === 403 || problem.status === 404;
}

function unavailable(problem) {
  return isFinal(problem) ? t(`events.input.${problem.status === 403 ? "forbidden" : "absent"}`)
    : problem.text ?? String(problem);
}

function known(key, fallback) {
  return hasText(key) ? t(key) : fallback;
}
