// The events of all stations, live and back in time, with the reason of every refusal.

import { eventsAddress, membersAddress } from "../../address.js";
import { h } from "../../dom.js";
import { RecordList } from "../../record-list.js";
import {
  detail, facts, kinds, meaning, mood, refusalKinds, title, whose,
} from "../../record-words.js";
import { RefusedInputPart } from "../../refused-input.js";
import { named, t } from "../../texts.js";
import { moment } from "../../times.js";

const page = 50;
/** A screen on a wall shows this page for months. */
const most = 1000;
/** How long records are gathered before they are drawn, so that a rush costs one drawing. */
const gathering = 100;

export const events = {
  name: "events", title: "events.title", style: true,
  make: (element, session) => new EventsPage(element, session),
};

class EventsPage {
  constructor(element, { api, fleet, input }) {
    this.element = element;
    this.api = api;
    this.fleet = fleet;
    this.input = input;
    this.filter = { station: "", kind: "", refusals: false };
    this.incoming = [];
    this.isOpen = false;
  }

  /** Shows the page under the filter that the address names. */
  follow(word, rest, query) {
    const filter = {
      station: query.get("station") ?? "", kind: query.get("kind") ?? "",
      refusals: query.has("refusals"),
    };
    const isSame = this.isOpen && eventsAddress(filter) === eventsAddress(this.filter);
    if (isSame) return;
    this.filter = filter;
    if (!this.isOpen) this.build();
    this.isOpen = true;
    this.showFilter();
    this.load();
  }

  end() {
    this.leave();
  }

  leave() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.turn += 1;
    this.element.replaceChildren();
  }

  /** Draws everything in another language. */
  translate() {
    if (!this.isOpen) return;
    this.build();
    this.showFilter();
    this.load();
  }

  build() {
    this.isHeld = false;
    this.stationChoice = h("select", { id: "events-station", onchange: () => this.choose({
      station: this.stationChoice.value }) });
    this.kindChoice = h("select", { id: "events-kind", onchange: () => this.choose({
      kind: this.kindChoice.value, refusals: false }) },
      h("option", { value: "" }, t("station.events.all")),
      kinds().map((kind) => h("option", { value: kind }, t(`record.${kind}`))));
    this.refusalChoice = h("input", { id: "events-refusals", type: "checkbox",
      onchange: () => this.choose({ kind: "", refusals: this.refusalChoice.checked }) });
    this.hold = h("button", { type: "button", id: "events-hold", "aria-pressed": "false",
      onclick: () => this.setHeld(!this.isHeld) }, t("events.hold"));
    this.jump = h("button", { type: "button", id: "events-jump", class: "plain",
      onclick: () => this.part.reveal() });
    const list = h("ol", { class: "records wide", id: "events-list", "aria-live": "polite",
      "aria-relevant": "additions", "aria-labelledby": "events-title", tabindex: "-1" });
    this.list = new RecordList(list, most, (event) => this.row(event));
    this.note = h("p", { class: "soft", id: "events-note", role: "status" });
    this.older = h("button", { type: "button", id: "events-older", hidden: true,
      onclick: () => this.loadOlder() }, t("station.events.older"));
    this.part = new RefusedInputPart(this.api, this.fleet, this.input);
    this.element.replaceChildren(
      h("section", { "aria-labelledby": "events-title" },
        h("div", { class: "list-head" },
          h("h2", { id: "events-title" }, t("events.title")),
          h("label", { class: "field" }, h("span", {}, t("events.station")), this.stationChoice),
          h("label", { class: "field" }, h("span", {}, t("station.events.kind")),
            this.kindChoice),
          h("label", { class: "field check" }, this.refusalChoice,
            h("span", {}, t("events.refusals"))),
          this.hold, this.jump),
        list, this.note, this.older),
      this.part.element);
    this.showJump();
  }

  /** Goes to the address of another filter. */
  choose(change) {
    location.hash = eventsAddress({ ...this.filter, ...change });
  }

  showFilter() {
    const { station, kind, refusals } = this.filter;
    const known = this.fleet.sorted;
    const others = station && !this.fleet.stations.has(station) ? [{ id: station }] : [];
    this.stationChoice.replaceChildren(h("option", { value: "" }, t("events.station.all")),
      ...[...known, ...others].map((view) =>
        h("option", { value: view.id }, named(view.names, view.id))));
    this.stationChoice.value = station;
    this.kindChoice.value = kind;
    this.refusalChoice.checked = refusals;
  }

  /** A station has come or has another name. */
  update(view) {
    if (!this.isOpen) return;
    const name = named(view.names, view.id);
    const choice = [...this.stationChoice.options].find(({ value }) => value === view.id);
    if (choice?.textContent === name) return;
    this.showFilter();
    for (const place of this.element.querySelectorAll(`[data-station="${view.id}"]`)) {
      place.textContent = name;
    }
  }

  /** Draws the counts of refused input as they are now. */
  inputRead() {
    if (!this.isOpen) return;
    this.part.show();
    this.showJump();
  }

  showJump() {
    this.jump.textContent = t("events.input.jump", { n: this.input.total ?? "?" });
  }

  // What is asked of the service

  /** Reads the newest records anew. */
  async load() {
    this.incoming = [];
    this.list.clear();
    this.older.hidden = true;
    await this.read();
  }

  async loadOlder() {
    const wasFocused = document.activeElement === this.older;
    const last = this.list.element.lastElementChild;
    await this.read(this.list.oldest);
    // The button may be gone; whoever used the keyboard goes on where the older ones begin.
    if (wasFocused && this.older.hidden) last?.nextElementSibling?.focus();
  }

  /**
   * After the stream was away: it resumes after the last record it brought, so what is shown
   * stays. Only a service whose store was set back begins anew.
   */
  async listed() {
    if (!this.isOpen) return;
    this.part.read();
    if (this.list.size === 0) return this.load();
    const [last] = await this.api.events({ limit: 1 }).catch(() => []);
    if (last && last.id < this.list.newest) this.load();
  }

  async read(before) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const { station, kind, refusals } = this.filter;
    this.note.textContent = t("station.events.loading");
    this.list.element.setAttribute("aria-busy", "true");
    try {
      const asked = refusals ? refusalKinds : [kind];
      const pages = await Promise.all(
        asked.map((kind) => this.api.events({ station, kind, limit: page, before })));
      if (turn !== this.turn) return;
      const found = pages.flat().sort((one, other) => other.id - one.id);
      for (const event of found.slice(0, page)) this.list.place(event);
      const hasMore = found.length > page || pages.some((events) => events.length === page);
      this.older.hidden = !hasMore || this.list.isFull;
      this.note.textContent = hasMore && this.list.isFull ? t("events.most", { n: most })
        : this.list.size ? "" : t("station.events.none");
    } catch (problem) {
      if (turn !== this.turn) return;
      this.note.textContent = problem.text ?? String(problem);
      this.older.hidden = this.list.size === 0;
    } finally {
      if (turn === this.turn) this.list.element.setAttribute("aria-busy", "false");
    }
  }

  // What comes by itself

  /** Takes a record from the stream. */
  add(event) {
    const { station, kind, refusals } = this.filter;
    if (!this.isOpen || (station && event.station !== station)) return;
    if (refusals ? !refusalKinds.includes(event.record.kind) : kind && event.record.kind !== kind) {
      return;
    }
    this.incoming.push(event);
    if (this.incoming.length > most) this.incoming.shift();
    if (this.isHeld) this.showHeld();
    else this.timer ??= setTimeout(() => this.draw(), gathering);
  }

  draw() {
    this.timer = null;
    if (!this.isOpen || this.isHeld) return;
    for (const event of this.incoming) this.list.place(event);
    const note = this.incoming.length ? "" : this.note.textContent;
    this.incoming = [];
    if (this.list.trim()) this.older.hidden = true;
    this.note.textContent = this.list.isFull ? t("events.most", { n: most }) : note;
  }

  /** Stops the list from moving under the reader's eyes, or lets it move again. */
  setHeld(isHeld) {
    this.isHeld = isHeld;
    this.hold.setAttribute("aria-pressed", String(isHeld));
    this.showHeld();
    if (!isHeld) this.draw();
  }

  showHeld() {
    this.hold.textContent = this.isHeld ? t("events.held", { n: this.incoming.length })
      : t("events.hold");
  }

  row({ station, received, record }) {
    const time = new Date(record.at);
    const name = named(this.fleet.stations.get(station)?.names, station);
    const [reason, sense, known] = [detail(record), meaning(record), facts(record)];
    return h("li", { "data-mood": mood(record), "data-kind": record.kind, tabindex: "-1" },
      h("time", { datetime: time.toISOString() }, moment(record.at)),
      h("span", { class: "place" }, h("strong", { "data-station": station }, name),
        record.ap ? h("span", { class: "soft" }, t("door.name", { n: record.ap })) : null),
      h("div", { class: "what" },
        h("p", {}, h("strong", {}, title(record)), reason ? h("span", {}, reason) : null),
        sense ? h("p", { class: "sense" }, sense) : null,
        h("p", { class: "soft facts" },
          record.member ? h("a", { href: membersAddress({ member: record.member }) },
            whose(record)) : null,
          known.map((fact) => h("span", {}, fact)),
          record.trusted ? null : h("span", { class: "caveat" },
            t("event.untrusted.received", { time: moment(received) })))));
  }
}
