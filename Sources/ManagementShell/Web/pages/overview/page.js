// The first page: totals, alarms that stand, a tile per station, and the panel of one of them.

import { eventsAddress } from "../../address.js";
import { h } from "../../dom.js";
import { Detail } from "./detail.js";
import { hasManyRefusals, needsAttention } from "../../fleet.js";
import { temperature } from "../../sensors.js";
import { alarmLine, caveats, doors, figure, inside, presence, retirement } from "../../station-parts.js";
import { named, t, translate } from "../../texts.js";
import { byUrgency, urgent } from "../../urgency.js";

/** The lines of the whole dashboard, which stand above whatever page is shown. */
const find = (id) => document.getElementById(id);
const isRetired = (tile) => tile.dataset.retired === "true";

export const overview = {
  name: "overview", also: ["station"], title: "dashboard.overview",
  make: (element, session) => new Overview(element, session),
};

class Overview {
  constructor(element, { api, fleet, input }) {
    this.fleet = fleet;
    this.input = input;
    this.tiles = new Map();
    this.build(element);
    this.detail = new Detail(this.dialog, api, () => {
      if (location.hash.startsWith("#/station/")) {
        history.pushState(null, "", location.pathname);
      }
    });
  }

  build(element) {
    const words = (tag, text, properties = {}) => h(tag, { ...properties, "data-text": text });
    this.totals = h("section", { id: "totals", class: "totals" });
    this.alarms = h("div", { id: "alarms", class: "alarms", "aria-live": "polite" });
    this.filter = h("select", { id: "filter", onchange: () => this.sift() },
      ["all", "attention", "offline"].map((value) =>
        words("option", `dashboard.filter.${value}`, { value })));
    this.search = h("input", { id: "search", type: "search", autocomplete: "off", maxlength: "64",
      oninput: () => this.sift() });
    this.stations = h("ul", { id: "stations", class: "stations", tabindex: "-1" });
    this.none = h("p", { id: "no-stations", class: "soft", hidden: true });
    this.retired = h("ul", { id: "retired", class: "stations dense" });
    this.retiredPart = h("section",
      { id: "retired-section", "aria-labelledby": "retired-title", hidden: true },
      words("h2", "dashboard.retired", { id: "retired-title" }), this.retired);
    this.dialog = h("dialog", { id: "detail", class: "detail", "aria-labelledby": "detail-title" });
    element.replaceChildren(
      this.totals,
      h("section", { "aria-labelledby": "alarms-title" },
        words("h2", "dashboard.alarms", { id: "alarms-title" }), this.alarms),
      h("section", { "aria-labelledby": "stations-title" },
        h("div", { class: "list-head" },
          words("h2", "dashboard.stations", { id: "stations-title" }),
          h("label", { class: "field" }, words("span", "dashboard.filter"), this.filter),
          h("label", { class: "field" }, words("span", "dashboard.search"), this.search)),
        this.stations, this.none),
      this.retiredPart, this.dialog);
    translate(element);
  }

  /** Opens the panel of the station that the address names, or closes it. */
  follow(word, rest) {
    const view = word === "station" ? this.fleet.stations.get(rest) : undefined;
    if (view && this.detail.station !== rest) this.detail.open(view);
    else if (!view) this.leave();
  }

  leave() {
    if (this.detail.isOpen) this.dialog.close();
  }

  end() {
    this.leave();
  }

  listed() {
    this.render();
    if (this.detail.isOpen) this.detail.load();
  }

  add(event) {
    this.detail.add(event);
  }

  translate() {
    this.render();
    this.detail.translate();
  }

  /** Draws everything anew: after loading, and in another language. */
  render() {
    this.tiles = new Map(this.fleet.sorted.map((view) => [view.id, this.tile(view)]));
    const tiles = [...this.tiles.values()];
    this.stations.replaceChildren(...tiles.filter((tile) => !isRetired(tile)));
    this.retired.replaceChildren(...tiles.filter(isRetired));
    this.stations.classList.toggle("dense", this.tiles.size > 24);
    this.renderSums();
    this.sift();
  }

  update(view) {
    this.draw(view);
    this.detail.show(view);
  }

  /** Draws one station anew, in its place. */
  draw(view) {
    const old = this.tiles.get(view.id);
    if (!old) return this.render();
    const hadFocus = old.contains(document.activeElement);
    const isLink = document.activeElement.matches("a");
    const tile = this.tile(view);
    if (isRetired(tile) !== isRetired(old)) return this.render();
    const focused = isLink && tile.querySelector("a") ? "a" : "button";
    old.replaceWith(tile);
    this.tiles.set(view.id, tile);
    if (hadFocus) tile.querySelector(focused).focus({ preventScroll: true });
    this.renderSums();
    this.sift();
  }

  tile(view) {
    const worst = view.retired ? "offline" : urgent(view.alarms).length ? "alarm" : view.online === true ? "normal" : "offline";
    return h("li", { class: "tile", "data-state": worst, "data-station": view.id,
      "data-retired": String(Boolean(view.retired)) },
      h("div", { class: "tile-head" },
        h("h3", {},
          h("button", { type: "button", onclick: () => (location.hash = `#/station/${view.id}`) },
            named(view.names, view.id))),
        presence(view)),
      retirement(view),
      byUrgency(view.alarms).map(alarmLine),
      h("div", { class: "figures" },
        inside(view),
        figure(t("station.entries"), view.today?.entries),
        temperature(view)),
      doors(view),
      this.refusals(view),
      caveats(view));
  }

  /** The way to what was turned away here, where there was much of it lately. */
  refusals(view) {
    const input = this.input.of(view.id);
    const words = [
      hasManyRefusals(view) && t("station.many-refused", { n: view.today.refused }),
      input > 0 && t("station.refused-input", { n: input }),
    ].filter(Boolean).join(" · ");
    if (!words) return null;
    const address = eventsAddress({ station: view.id, refusals: true });
    return h("p", { class: "refusals" }, h("a", { href: address }, words));
  }

  /** Draws anew the stations whose counts of refused input have changed. */
  inputRead() {
    this.renderNotices();
    for (const view of this.fleet.stations.values()) {
      const shown = this.tiles.get(view.id)?.querySelector(".refusals")?.textContent ?? "";
      if (shown !== (this.refusals(view)?.textContent ?? "")) this.update(view);
    }
  }

  renderNotices() {
    const { notices } = this.input;
    find("notices").hidden = notices.length === 0;
    find("notices").textContent = notices.length === 0 ? ""
      : t("dashboard.notices", { notices: notices.join("; ") });
  }

  renderSums() {
    const { stations, online, inside, entries, alarms } = this.fleet.totals;
    this.totals.setAttribute("aria-label", t("dashboard.totals"));
    this.totals.replaceChildren(
      figure(t("dashboard.totals.online"),
        t("dashboard.totals.of", { n: online ?? "?", all: stations }),
        online === stations ? "" : "warn"),
      figure(t("dashboard.totals.inside"), inside),
      figure(t("dashboard.totals.entries"), entries),
      figure(t("dashboard.totals.alarms"), alarms, alarms > 0 ? "alarm" : ""));
    // What a station is now, the service can say only while it hears the stations itself.
    find("no-link").hidden = online !== null;
    find("no-link").textContent = t("dashboard.no-link");
    this.renderNotices();
    this.renderAlarms();
  }

  renderAlarms() {
    const alarms = this.fleet.alarms;
    const now = alarms.map(({ station, alarm, accessPoint, since }) =>
      `${document.documentElement.lang} ${station.id} ${alarm} ${accessPoint} ${since}`).join();
    // Untouched where nothing changed, so that it is not read aloud again.
    if (now === this.alarmsShown) return;
    this.alarmsShown = now;
    const cards = alarms.map((alarm) =>
      h("button", { type: "button", class: "alarm", "data-severity": alarm.severity,
        onclick: () => (location.hash = `#/station/${alarm.station.id}`) },
        h("span", { class: "alarm-place" }, named(alarm.station.names, alarm.station.id)),
        alarmLine(alarm), h("span", {}, t(`alarm.${alarm.alarm}.advice`))));
    this.alarms.replaceChildren(
      ...(cards.length ? cards : [h("p", { class: "all-well" }, t("dashboard.alarms.none"))]));
  }

  /** Shows the tiles that match the filter and the search. */
  sift() {
    const filter = this.filter.value;
    const words = this.search.value.trim().toLowerCase();
    let shown = 0;
    for (const view of this.fleet.stations.values()) {
      const names = [view.id, ...Object.values(view.names ?? {})].join(" ").toLowerCase();
      const matches = names.includes(words) && (filter === "all"
        || (filter === "offline" && view.online !== true)
        || (filter === "attention" && needsAttention(view)));
      const tile = this.tiles.get(view.id);
      if (tile) tile.hidden = !matches;
      shown += matches ? 1 : 0;
    }
    this.retiredPart.hidden = !this.fleet.sorted.some((view) => view.retired);
    this.none.hidden = shown > 0;
    this.none.textContent = t(
      this.fleet.stations.size ? "dashboard.stations.no-match" : "dashboard.stations.none");
  }
}
