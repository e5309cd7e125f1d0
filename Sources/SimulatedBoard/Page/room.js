// The room's own wires on the page: fire alarm, keys, buttons and sensors, and the relays.

import { h } from "./dom.js";
import { t } from "./texts.js";

const fire = ["fire", "cut", "short"];
const relays = ["lights", "climate", "sockets"];

export class Room {
  constructor(send) {
    this.send = send;
    this.labels = [];
    this.toggles = new Map();
    this.heading = h("h2", {});
    this.problem = h("p", { class: "problem", role: "alert" });
    this.lamps = h("dl", { class: "facts" });
    this.element = h("section", { class: "card room" }, this.heading, this.problem,
      h("div", { class: "controls" },
        this.group("board.room.fire", fire.map((name) => this.toggle(name)), this.key()),
        this.hands = this.group("board.room.hands"),
        this.overrides = this.group("board.room.overrides")),
      this.lamps);
    this.translate();
  }

  group(name, ...children) {
    return h("fieldset", {}, this.label(name, "legend", {}), ...children);
  }

  label(name, tag, properties) {
    const element = h(tag, properties);
    this.labels.push([element, name]);
    return element;
  }

  toggle(name) {
    const button = this.label(`board.room.${name}`, "button", {
      type: "button",
      "aria-pressed": "false",
      onclick: () => this.put(name, button.getAttribute("aria-pressed") !== "true"),
    });
    this.toggles.set(name, button);
    return button;
  }

  key() {
    return this.label("board.room.fire-reset", "button", {
      type: "button",
      onclick: () => this.put("fire-reset", true),
    });
  }

  async put(name, on) {
    this.problem.textContent = (await this.send("room", { switch: name, on })) ?? "";
  }

  show(room) {
    this.room = room;
    // The machine's door is on the machine's own card.
    for (const name of room.switches) {
      if (name === "machine-door" || this.toggles.has(name)) continue;
      (name.endsWith("-override") ? this.overrides : this.hands).append(this.toggle(name));
      this.toggles.get(name).textContent = t(`board.room.${name}`);
    }
    const on = new Set(room.on);
    if (room.fire) on.add("fire");
    if (room.wires !== "intact") on.add(room.wires);
    for (const [name, button] of this.toggles) {
      button.setAttribute("aria-pressed", String(on.has(name)));
    }
    this.lamps.replaceChildren(...relays.map((name) =>
      h("div", { "data-state": on.has(name) ? "on" : "off" }, h("dt", {}, t(`relay.${name}`)),
        h("dd", {}, t(on.has(name) ? "board.relay.on" : "board.relay.off")))));
  }

  translate() {
    for (const [element, name] of this.labels) element.textContent = t(name);
    this.heading.textContent = t("board.room");
    this.problem.textContent = "";
    if (this.room) this.show(this.room);
  }
}
