// One station in full: how it stands, and its records as they come in.

import { eventsAddress } from "../../address.js";
import { h } from "../../dom.js";
import { RecordList } from "../../record-list.js";
import { detail, facts, kinds, mood, title, whose } from "../../record-words.js";
import { Measurements, sensorFigures } from "../../sensors.js";
import { alarmLine, caveats, doors, figure, inside, presence } from "../../station-parts.js";
import { named, t } from "../../texts.js";
import { moment } from "../../times.js";
import { byUrgency } from "../../urgency.js";
import { Board } from "./board.js";
import { Codes } from "./codes.js";
import { Orders } from "./orders.js";
import { Settings } from "./settings.js";
import { machine, takings } from "./vending.js";

const page = 50;
/** A panel that is left open for days does not grow without bound. */
const most = 500;
/** How often the charts are drawn from new answers while the panel is open. */
const chartsEvery = 60_000;

export class Detail {
  constructor(dialog, api, onClose) {
    this.dialog = dialog;
    this.api = api;
    this.kind = "";
    dialog.addEventListener("close", () => {
      this.station = null;
      onClose();
    });
    // A click beside the panel lands on the dialog itself.
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  get isOpen() {
    return Boolean(this.station);
  }

  open(view) {
    this.station = view.id;
    this.measurements = new Measurements(this.api, view.id);
    this.measuredAt = 0;
    this.takenAt = 0;
    this.kind = "";
    this.build();
    this.show(view);
    if (!this.dialog.open) this.dialog.showModal();
    this.load();
  }

  build() {
    this.title = h("h2", { id: "detail-title" });
    this.state = h("div", { class: "state" });
    this.charts = h("div", { class: "charts" });
    this.orders = this.remade(this.orders, Orders);
    this.codes = this.remade(this.codes, Codes);
    this.settings = this.remade(this.settings, Settings);
    this.board = this.remade(this.board, Board);
    this.takings = h("div", { class: "takings" });
    const list = h("ol", { class: "records" });
    this.list = new RecordList(list, most, ({ record }) => this.row(record));
    this.note = h("p", { class: "soft", role: "status" });
    this.older = h("button", { type: "button", hidden: true, onclick: () => this.loadOlder() },
      t("station.events.older"));
    const select = h("select", { onchange: (event) => this.choose(event.target.value) },
      h("option", { value: "" }, t("station.events.all")),
      kinds().map((kind) =>
        h("option", { value: kind, selected: kind === this.kind }, t(`record.${kind}`))));
    this.dialog.replaceChildren(h("div", { class: "panel" },
      h("header", { class: "panel-head" }, this.title,
        h("button", { type: "button", class: "plain", onclick: () => this.dialog.close() },
          t("station.close"))),
      this.state, this.orders.element, this.codes.element, this.settings.element,
      this.board.element, this.takings, this.charts,
      h("div", { class: "list-head" },
        h("h3", {}, t("station.events")),
        h("label", { class: "field" }, h("span", {}, t("station.events.kind")), select)),
      list, this.note,
      h("div", { class: "list-head" }, this.older,
        h("a", { href: eventsAddress({ station: this.station }) }, t("station.events.page")))));
  }

  /** A part of the panel in the language of now, open where it was open for this station. */
  remade(before, Part) {
    const isSame = before?.station === this.station;
    const part = new Part(this.api, this.station, isSame ? before : undefined);
    part.element.open = isSame && before.element.open;
    return part;
  }

  /** Takes the station as it is now. */
  show(view) {
    if (view.id !== this.station) return;
    this.view = view;
    this.title.textContent = named(view.names, view.id);
    const facts = [
      view.version && t("station.version", { version: view.version }),
      view.lastHeard && t("station.last-heard", { time: moment(view.lastHeard) }),
      view.zone && t("station.zone", { zone: view.zone }),
      ...view.issuers.map(({ name, key }) =>
        key ? t("station.issuer", { name, key }) : t("station.issuer.lost", { name })),
    ].filter(Boolean).join(" · ");
    const { entries, exits, granted, refused } = view.today ?? {};
    this.measurements.zone = view.zone;
    this.state.replaceChildren(...[
      presence(view), ...byUrgency(view.alarms).map(alarmLine),
      h("div", { class: "figures" },
        inside(view),
        figure(t("station.entries"), entries), figure(t("station.exits"), exits),
        figure(t("station.granted"), granted), figure(t("station.refused"), refused)),
      sensorFigures(view, this.measurements.today),
      doors(view), machine(view), caveats(view), h("p", { class: "soft" }, facts),
    ].filter(Boolean));
    this.orders.show(view);
    this.codes.show(view);
    this.settings.show(view);
    this.measure();
    this.countTakings();
  }

  /** Reads what the machine took, anew where the last answer is old or something has fallen. */
  async countTakings() {
    const { station } = this;
    if (!this.view.vending || Date.now() - this.takenAt < chartsEvery) return;
    this.takenAt = Date.now();
    const part = await takings(this.api, station).catch(() => null);
    if (part && station === this.station) this.takings.replaceChildren(part);
  }

  /** Draws the charts, from new answers where the last ones are old. */
  async measure() {
    const { measurements, view } = this;
    const hasSensors = [view.climate, view.energy].some((state) => state?.sensors.length);
    if (!hasSensors || Date.now() - this.measuredAt < chartsEvery) return;
    this.measuredAt = Date.now();
    try {
      await measurements.load();
    } catch {
      // The figures above say what is known; charts come with the next answer.
      return;
    }
    if (measurements !== this.measurements || !this.isOpen) return;
    this.charts.replaceChildren(...measurements.charts());
    this.show(this.view);
  }

  /** Draws everything in another language. */
  translate() {
    if (!this.isOpen) return;
    const view = this.view;
    this.build();
    this.measuredAt = 0;
    this.takenAt = 0;
    this.show(view);
    this.load();
  }

  choose(kind) {
    this.kind = kind;
    this.load();
  }

  /** Reads the newest records anew: when the panel opens, and after the stream was down. */
  async load() {
    this.list.clear();
    this.older.hidden = true;
    await this.read({});
  }

  async loadOlder() {
    await this.read({ before: this.list.oldest });
  }

  async read(more) {
    const { station, kind } = this;
    this.note.textContent = t("station.events.loading");
    try {
      const events = await this.api.events({ station, kind, limit: page, ...more });
      if (station !== this.station || kind !== this.kind) return;
      for (const event of events) this.list.place(event);
      this.older.hidden = events.length < page || this.list.isFull;
      this.note.textContent = this.list.size ? "" : t("station.events.none");
    } catch (problem) {
      this.note.textContent = problem.text ?? String(problem);
    }
  }

  /** Takes a record from the stream. */
  add(event) {
    if (event.station !== this.station) return;
    if (event.record.kind === "exchange-ended") {
      this.takenAt = 0;
      this.countTakings();
    }
    if (this.kind && event.record.kind !== this.kind) return;
    this.list.place(event);
    this.list.trim();
    this.note.textContent = "";
  }

  row(record) {
    const time = new Date(record.at);
    return h("li", { "data-mood": mood(record) },
      h("time", { datetime: time.toISOString() }, moment(record.at)),
      h("span", { class: "what" }, h("strong", {}, title(record)),
        record.ap ? h("span", { class: "soft" }, t("door.name", { n: record.ap })) : null),
      h("span", { class: "more" },
        [detail(record), whose(record), ...facts(record)].filter(Boolean).join(" · "),
        record.trusted ? null : h("span", { class: "caveat" }, t("event.untrusted"))));
  }
}
