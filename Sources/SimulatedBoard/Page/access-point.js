// One access point on the page: the worker's screen, the plan of the door, and what can be done.

import { h } from "./dom.js";
import { Plan } from "./plan.js";
import { Screen } from "./screen.js";
import { t } from "./texts.js";
import { WrongCodes } from "./wrong-codes.js";

const codes = ["good", "same"];
const walks = ["in", "out", "turn-back"];
const hands = ["open", "close", "prop", "force"];
const faults = ["tamper", "jam", "stuck", "chatter"];

export class AccessPoint {
  constructor(number, send) {
    this.number = number;
    this.sendTo = send;
    this.screen = new Screen();
    this.plan = new Plan(number);
    this.heading = h("h2", {});
    this.problem = h("p", { class: "problem", role: "alert" });
    this.controls = h("div", { class: "controls" });
    this.wrong = new WrongCodes((kind) => this.showCode(kind));
    this.element = h("section", { class: "card point" },
      this.heading, this.screen.element, this.plan.element, this.problem, this.controls,
      this.wrong.element);
    this.labels = [];
    this.build();
    this.translate();
  }

  build() {
    this.member = h("select", { id: `member-${this.number}` });
    this.codeButtons = codes.map((kind) =>
      this.button(`board.code.${kind}`, () => this.showCode(kind), kind === "good" ? "main" : ""));
    this.pasted = h("input", {
      id: `paste-${this.number}`, type: "text", maxlength: 4096, autocomplete: "off",
      spellcheck: "false", autocapitalize: "off",
    });
    const paste = h("form", { class: "paste", onsubmit: (event) => this.scan(event) },
      this.label("board.code.paste", { for: this.pasted.id }), this.pasted,
      this.label("board.code.scan", { type: "submit" }, "button"));
    const card = this.entry("card", "26:12:34567");
    const keys = this.entry("keys", "4711*2580#");
    this.controls.append(
      this.group("board.codes",
        h("div", { class: "member" },
          this.label("board.member", { for: this.member.id }), this.member),
        this.codeButtons, paste, card, keys),
      this.group("board.walk",
        walks.map((action) => this.button(`board.walk.${action}`, () =>
          this.send("walk", { action }), action === "in" ? "main" : "")),
        this.button("board.exit", () => this.send("exit", {}))),
      this.group("board.hands",
        hands.map((action) =>
          this.button(`board.${action}`, () => this.send("door", { action }))),
        this.button("board.counter", () => this.send("counter", {}))),
      this.group("board.faults", this.faultButtons = faults.map((action) =>
        this.button(`board.fault.${action}`, () =>
          this.send("fault", { action, on: !this.point.faults[action] })))));
  }

  /** A line for a credential that is no code: what is typed there goes to the reader as it is. */
  entry(name, example) {
    const field = h("input", {
      id: `${name}-${this.number}`, type: "text", maxlength: 40, autocomplete: "off",
      spellcheck: "false", value: example,
    });
    const act = (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text) this.send(name, { [name]: text });
    };
    return h("form", { class: "paste", onsubmit: act },
      this.label(`board.${name}`, { for: field.id }), field,
      this.label(`board.${name}.show`, { type: "submit" }, "button"));
  }

  group(key, ...children) {
    return h("fieldset", {}, this.label(key, {}, "legend"), ...children);
  }

  button(key, act, kind = "") {
    return this.label(key, { type: "button", class: kind, onclick: act }, "button");
  }

  label(key, properties, tag = "label") {
    const element = h(tag, properties);
    this.labels.push([element, key]);
    return element;
  }

  translate() {
    for (const [element, key] of this.labels) element.textContent = t(key);
    this.heading.textContent = t("door.name", { n: this.number });
    this.problem.textContent = "";
    this.wrong.translate();
    if (this.point) this.plan.show(this.point);
  }

  show(point, state) {
    const isFirst = !this.point;
    this.point = point;
    this.plan.show(point);
    if (isFirst && point.shown) this.screen.tell(point.shown, point.shown.age);
    faults.forEach((name, index) =>
      this.faultButtons[index].setAttribute("aria-pressed", String(point.faults[name])));
    this.offer(state.members);
    for (const button of this.codeButtons) button.disabled = !state.canIssue;
    this.codeButtons[codes.indexOf("same")].disabled = !state.canIssue || !state.hasLastCode;
    this.wrong.offer(state.canIssue, state.hasLastCode);
  }

  offer(members) {
    const present = [...this.member.options].map((option) => option.value);
    if (present.join() === members.join()) return;
    this.member.replaceChildren(
      ...members.map((member) => h("option", { value: member }, member)));
  }

  tell(message) {
    this.screen.tell(message);
  }

  /** Takes what came of a code that was shown here. */
  present(presentation) {
    this.wrong.present(presentation);
  }

  showCode(kind) {
    return this.send("code", kind === "same" ? { kind } : { kind, member: this.member.value });
  }

  async scan(event) {
    event.preventDefault();
    const text = this.pasted.value.trim();
    if (!text) return this.pasted.focus();
    if (await this.send("scan", { text })) this.pasted.value = "";
  }

  async send(path, body) {
    const problem = await this.sendTo(path, { accessPoint: this.number, ...body });
    this.problem.textContent = problem ?? "";
    return problem === null;
  }
}
