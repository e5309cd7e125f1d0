// The orders that a station takes, in its panel, and how the last ones ended.

import { h } from "../../dom.js";
import { hasText, t } from "../../texts.js";
import { moment } from "../../times.js";

/** How long an order asks to be confirmed before it is forgotten. */
const hesitation = 5000;
/** How long an order is good, where nothing else is asked for. */
const life = 30_000;
const shown = 5;
const hour = 3600;

/** The orders of one station; drawn once, and told of the station whenever that changes. */
export class Orders {
  constructor(api, station) {
    this.api = api;
    this.station = station;
    this.drawn = "";
    this.turn = 0;
    /** The id of the command that the note is about; null where it is about none. */
    this.given = null;
    /** The keys of orders without an answer, by their texts, with the time of the first try. */
    this.keys = new Map();
    this.doors = h("div", { class: "order-rows" });
    this.note = h("p", { class: "order-note", role: "status" });
    this.last = h("ol", { class: "last-orders", "aria-label": t("orders.last") });
    this.element = h("details", { class: "station-orders", "data-part": "orders",
      ontoggle: () => this.element.open && this.read() },
      h("summary", {}, t("orders.title")),
      this.doors, this.note, h("h4", {}, t("orders.last")), this.last);
  }

  /** Draws the buttons anew where the station offers others, and the last orders. */
  show(view) {
    this.view = view;
    this.element.hidden = view.operations.length === 0;
    const now = JSON.stringify([view.operations, view.doors.map(({ accessPoint, mode }) =>
      [accessPoint, mode]), view.lockDown, view.online, view.vending?.stop,
    view.alarms.map(({ alarm }) => alarm), document.documentElement.lang]);
    if (now !== this.drawn && !this.isAsking) {
      this.drawn = now;
      const focused = this.focused?.closest("[data-order]")?.dataset.order;
      this.doors.replaceChildren(...this.rows());
      const place = focused && this.doors.querySelector(`[data-order="${focused}"]`);
      if (place) (place.querySelector("button") ?? place).focus({ preventScroll: true });
    }
    if (this.element.open) this.read();
  }

  get focused() {
    const { activeElement } = document;
    return this.doors.contains(activeElement) ? activeElement : null;
  }

  /** Whether somebody is about to confirm an order, or writes a reason: nothing moves meanwhile. */
  get isAsking() {
    return Boolean(this.doors.querySelector("[data-asks]") || this.focused?.matches("input"));
  }

  rows() {
    const { view } = this;
    return [
      view.online === true ? null : h("p", { class: "caveat" }, t("orders.away")),
      ...view.doors.map((door) => this.row(t("door.name", { n: door.accessPoint }),
        this.ofDoor(door))),
      this.row(t("orders.station"), this.ofStation()),
      this.lockDown(),
    ].filter(Boolean);
  }

  row(name, buttons) {
    return h("div", { class: "order-row" }, h("span", { class: "door-name" }, name), buttons);
  }

  ofDoor({ accessPoint: ap, mode }) {
    const isHeld = this.view.alarms.some(({ alarm, accessPoint }) =>
      alarm === "reader-held" && accessPoint === ap);
    return [
      this.button({ op: "open", ap }), this.button({ op: "open-extended", ap }),
      mode === "free-access" ? this.button({ op: "end-free-access", ap })
        : this.button({ op: "begin-free-access", ap, seconds: hour }, t("orders.for-an-hour")),
      this.button({ op: isHeld ? "release-reader" : "hold-reader", ap }),
    ];
  }

  ofStation() {
    const isServed = this.view.vending?.stop === "maintenance";
    return [
      this.button({ op: "identify" }), this.button({ op: "self-test" }),
      isServed ? this.button({ op: "end-restock" })
        : this.button({ op: "begin-restock", seconds: hour }, t("orders.for-an-hour")),
      this.button({ op: "collect-support" }), this.button({ op: "restart" }),
    ];
  }

  /** A button that asks once more before it gives its order; none for what the station lacks. */
  button(order, more = "") {
    if (!this.view.operations.includes(order.op)) return null;
    const words = `${t(`operation.${order.op}`)}${more}`;
    let timer;
    const button = h("button", { type: "button", "data-order": order.op, onclick: () => {
      clearTimeout(timer);
      if (button.dataset.asks) {
        calm();
        this.give(order);
      } else {
        button.dataset.asks = "true";
        button.textContent = t("orders.sure", { order: words });
        timer = setTimeout(calm, hesitation);
      }
    } }, words);
    const calm = () => {
      delete button.dataset.asks;
      button.textContent = words;
      this.show(this.view);
    };
    return button;
  }

  /** What is wanted, what is in force, and the way to want something else. */
  lockDown() {
    const { wanted, inForce, by, at, reason } = this.view.lockDown;
    const words = h("input", { name: "reason", required: true, maxlength: 200, autocomplete: "off" });
    const form = h("form", { class: "order-row", "data-order": "lock-down", onsubmit: (event) => {
      event.preventDefault();
      words.blur();
      this.want(!wanted, words.value.trim());
    } },
    h("span", { class: "door-name" }, t("orders.lock-down")),
    h("label", { class: "field" }, h("span", {}, t("orders.reason")), words),
    h("button", { type: "submit", class: wanted ? "" : "danger" },
      t(wanted ? "orders.lock-down.end" : "orders.lock-down.begin")));
    const state = [
      wanted && t("orders.lock-down.wanted", { by, reason, time: moment(at) }),
      at !== null && wanted !== (inForce ?? false) && t("orders.lock-down.waits"),
    ].filter(Boolean).join(" ");
    return h("div", {}, form, state ? h("p", { class: "caveat" }, state) : null);
  }

  async want(isWanted, reason) {
    await this.attempt(async () => {
      await this.api.setLockDown(this.station, { lockDown: isWanted, reason });
      this.say("done", t(isWanted ? "orders.lock-down.sent" : "orders.lock-down.ended"));
    });
  }

  async give(order) {
    const text = JSON.stringify(order);
    const key = this.key(text);
    await this.attempt(async () => {
      const command = await this.api.orderCommand(this.station, { key, ...order });
      this.keys.delete(text);
      this.say("", this.words(command), command.id);
      await this.read();
    });
  }

  /** The key of an order: a second try within the life of the first one is the same order. */
  key(text) {
    const now = performance.now();
    const first = this.keys.get(text);
    if (first && now - first.at < life) return first.key;
    const key = `page-${crypto.getRandomValues(new Uint32Array(3)).join("-")}`;
    this.keys.set(text, { key, at: now });
    return key;
  }

  async attempt(body) {
    try {
      await body();
    } catch (problem) {
      this.say("problem", problem.status === 403 ? t("orders.forbidden")
        : problem.text ?? String(problem));
    }
  }

  say(mood, text, given = null) {
    this.given = given;
    this.note.dataset.mood = mood;
    this.note.textContent = text;
  }

  /** Reads the last orders; what was said of the one that was given here is said anew. */
  async read() {
    const turn = (this.turn += 1);
    try {
      const commands = await this.api.commands(this.station, { limit: shown });
      if (turn !== this.turn) return;
      this.last.replaceChildren(...commands.map((command) => h("li", { "data-state": command.state },
        h("time", {}, moment(command.orderedAt)),
        h("span", {}, this.words(command), h("span", { class: "soft" }, ` · ${command.by}`)),
        this.parts(command))));
      if (!commands.length) this.last.replaceChildren(h("li", { class: "soft" }, t("orders.none")));
      const given = commands.find(({ id }) => id === this.given);
      if (given) this.say(given.state === "done" ? "done" : "", this.words(given), given.id);
    } catch {
      // The buttons still say what can be done; the list comes with the next change.
    }
  }

  words({ op, ap, state, fault }) {
    const door = ap ? ` (${t("door.name", { n: ap })})` : "";
    const why = fault && hasText(`command.fault.${fault}`) ? ` · ${t(`command.fault.${fault}`)}` : "";
    const known = hasText(`operation.${op}`) ? t(`operation.${op}`) : op;
    return `${known}${door}: ${t(`command.state.${state}`)}${why}`;
  }

  /** What a self-test has found, what is not well first. */
  parts({ parts }) {
    if (!parts.length) return null;
    const name = ({ part, ap }) => `${t(`tested.${part}`)}${ap ? ` ${ap}` : ""}`;
    const bad = parts.filter(({ well }) => !well).map(name);
    return h("p", { class: bad.length ? "caveat" : "soft" }, bad.length
      ? t("orders.tested.bad", { parts: bad.join(", ") })
      : t("orders.tested.good", { n: parts.length }));
  }
}
