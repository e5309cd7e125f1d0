// The exchange machine on the page: its columns, what falls, and what can go wrong with it.

import { h } from "./dom.js";
import { t } from "./texts.js";

const faults = ["none", "jam", "not-home", "no-return", "drop-unseen", "no-drop"];
const lines = ["none", "deaf", "mute", "late", "garbage", "wrong-sum", "other-serial", "cut"];
/** As many columns as are worth looking at; those of which there is news come besides. */
const usual = [1, 2, 3, 4];

export class Machine {
  constructor(send) {
    this.send = send;
    this.labels = [];
    this.columns = new Map();
    this.heading = h("h2", {});
    this.problem = h("p", { class: "problem", role: "alert" });
    this.shelf = h("div", { class: "shelf" });
    this.tray = h("p", { class: "tray", role: "status" });
    this.member = h("select", { id: "machine-member" });
    this.screen = h("a", { target: "_blank", rel: "noopener" });
    this.detector = this.button("board.machine.detector", () =>
      this.order(`detector ${this.machine.detector === "faulty" ? "good" : "faulty"}`));
    this.door = this.button("board.room.machine-door", () => this.turn("machine-door"));
    this.key = this.button("board.room.maintenance", () => this.turn("maintenance"));
    this.line = h("select", { id: "machine-line", onchange: () =>
      this.order(`line ${this.line.value}`) });
    this.code = this.button("board.machine.code", () => this.present("good"), "main");
    this.element = h("section", { class: "card machine" }, this.heading, this.screen,
      this.shelf, this.tray, this.problem,
      h("div", { class: "controls" },
        this.group("board.machine.reader",
          h("div", { class: "member" }, this.label("board.member", "label",
            { for: this.member.id }), this.member),
          this.code, this.button("board.machine.same", () => this.present("same"))),
        this.group("board.machine.hands", this.door, this.key),
        this.group("board.machine.faults", this.detector,
          this.button("board.machine.power-falls", () => this.order("power-cut falls")),
          this.button("board.machine.power-stays", () => this.order("power-cut stays")),
          h("div", { class: "member" }, this.label("board.machine.line", "label",
            { for: this.line.id }), this.line))));
    this.translate();
  }

  label(key, tag, properties) {
    const element = h(tag, properties);
    this.labels.push([element, key]);
    return element;
  }

  button(key, act, kind = "") {
    return this.label(key, "button", { type: "button", class: kind, onclick: act });
  }

  group(key, ...children) {
    return h("fieldset", {}, this.label(key, "legend", {}), ...children);
  }

  async tell(path, body) {
    this.problem.textContent = (await this.send(path, body)) ?? "";
  }

  order(line) {
    return this.tell("machine", { order: line });
  }

  turn(name) {
    return this.tell("room", { switch: name, on: !this.room.on.includes(name) });
  }

  present(kind) {
    return this.tell("machine-code",
      kind === "same" ? { kind } : { kind, member: this.member.value });
  }

  show(state) {
    const before = this.machine;
    this.machine = state.machine;
    this.room = state.room;
    const known = new Map(state.machine.columns.map((column) => [column.column, column]));
    const numbers = [...new Set([...usual, ...known.keys(), state.machine.turning ?? 1])];
    for (const number of numbers.sort((one, two) => one - two)) {
      this.column(number).show(known.get(number) ?? { fell: 0 },
        state.machine.turning === number);
    }
    const fell = state.machine.columns.reduce((sum, column) => sum + column.fell, 0);
    this.tray.textContent = t("board.machine.fell", { n: fell });
    if (before && this.fell !== fell) {
      this.tray.classList.remove("is-new");
      void this.tray.offsetWidth;
      this.tray.classList.add("is-new");
    }
    this.fell = fell;
    this.detector.setAttribute("aria-pressed", String(state.machine.detector === "faulty"));
    this.door.setAttribute("aria-pressed", String(state.room.on.includes("machine-door")));
    this.key.setAttribute("aria-pressed", String(state.room.on.includes("maintenance")));
    this.line.value = state.machine.line;
    this.offer(state.members);
    this.code.disabled = !state.canIssue;
    this.screen.hidden = !state.screen;
    if (state.screen) this.screen.href = `http://${state.screen}/`;
  }

  column(number) {
    if (!this.columns.has(number)) {
      const column = new Column(number, (line) => this.order(line));
      this.columns.set(number, column);
      const all = [...this.columns.keys()].sort((one, two) => one - two);
      this.shelf.replaceChildren(...all.map((key) => this.columns.get(key).element));
    }
    return this.columns.get(number);
  }

  offer(members) {
    const present = [...this.member.options].map((option) => option.value);
    if (present.join() === members.join()) return;
    this.member.replaceChildren(
      ...members.map((member) => h("option", { value: member }, member)));
  }

  translate() {
    for (const [element, key] of this.labels) element.textContent = t(key);
    this.heading.textContent = t("board.machine");
    this.screen.textContent = t("board.machine.screen");
    this.problem.textContent = "";
    this.line.replaceChildren(...lines.map((word) =>
      h("option", { value: word }, t(`board.machine.line.${word}`))));
    for (const column of this.columns.values()) column.translate();
    if (this.machine) this.line.value = this.machine.line;
  }
}

/** One column: its spiral, how much of it fell, and its fault. */
class Column {
  constructor(number, order) {
    this.number = number;
    this.count = h("p", { class: "count" });
    this.fault = h("select", {
      "aria-label": `${number}`, onchange: () => order(`fault ${number} ${this.fault.value}`),
    });
    this.spiral = h("div", { class: "spiral", "aria-hidden": "true" });
    this.element = h("div", { class: "column" }, h("h3", {}, String(number)), this.spiral,
      this.count, this.fault);
    this.translate();
  }

  show(column, isTurning) {
    this.state = column;
    this.element.classList.toggle("is-turning", isTurning);
    this.element.dataset.fault = column.fault ?? "none";
    this.count.textContent = t(isTurning ? "board.machine.turns" : "board.machine.fell",
      { n: column.fell });
    this.fault.value = column.fault ?? "none";
  }

  translate() {
    this.fault.replaceChildren(...faults.map((word) =>
      h("option", { value: word }, t(`board.machine.fault.${word}`))));
    if (this.state) this.show(this.state, this.element.classList.contains("is-turning"));
  }
}
