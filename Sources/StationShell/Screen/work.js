// What a maintainer does while the key is turned: count a slot, fill it, take it into use again.

import { h } from "./dom.js";
import { nameOf, t } from "./texts.js";

export class Work {
  constructor(element, send) {
    this.element = element;
    this.send = send;
    /** What was put in and not saved yet, by slot: it outlives a new state from the daemon. */
    this.drafts = new Map();
    this.problems = new Map();
  }

  /** `card`: the number of one that was shown at the door and that no list names. */
  show(slots, card) {
    this.card = card;
    const focus = document.activeElement?.id;
    this.slots = slots;
    this.element.replaceChildren(
      h("h2", {}, t("screen.work")), h("p", { class: "advice" }, t("screen.work.advice")),
      ...(card ? [h("p", { id: "card", class: "advice" }, t("screen.work.card", { card }))] : []),
      ...slots.map((slot) => this.row(slot)));
    if (focus) document.getElementById(focus)?.focus();
  }

  draft(slot) {
    if (!this.drafts.has(slot.slot)) {
      this.drafts.set(slot.slot, { stock: slot.stock ?? 0, day: dayText(slot.bestBefore) });
    }
    return this.drafts.get(slot.slot);
  }

  row(slot) {
    const draft = this.draft(slot);
    const change = (stock) => {
      draft.stock = Math.min(slot.capacity, Math.max(0, stock));
      this.show(this.slots, this.card);
    };
    const day = h("input", {
      id: `day-${slot.slot}`, type: "date", value: draft.day,
      oninput: () => (draft.day = day.value),
    });
    const saved = slot.stock === undefined
      ? t("screen.work.uncounted") : t("screen.stock", { n: slot.stock });
    return h("article", { class: "slot", "data-state": slot.quarantine ? "bad" : "good" },
      h("div", { class: "what" },
        h("span", { class: "number" }, String(slot.slot)),
        h("span", { class: "name" }, nameOf(slot)),
        h("span", { class: "note" }, `${saved} / ${slot.capacity}`)),
      h("div", { class: "stepper", role: "group", "aria-label": t("screen.work.count") },
        this.button("−", () => change(draft.stock - 1), `less-${slot.slot}`),
        h("output", {}, String(draft.stock)),
        this.button("+", () => change(draft.stock + 1), `more-${slot.slot}`),
        this.button(t("screen.work.full"), () => change(slot.capacity), `full-${slot.slot}`)),
      h("label", { class: "day" }, t("screen.work.best-before"), day),
      this.button(t("screen.work.save"), () => this.save(slot), `save-${slot.slot}`, "main"),
      slot.quarantine
        ? h("div", { class: "quarantine" },
          h("p", {}, t("screen.work.quarantine", { cause: t(`machine.fault.${slot.quarantine}`) })),
          this.button(t("screen.work.release"), () => this.tell("release", slot, {}),
            `release-${slot.slot}`))
        : null,
      h("p", { class: "problem", role: "alert" }, this.problems.get(slot.slot) ?? ""));
  }

  button(text, act, id, kind = "") {
    return h("button", { type: "button", id, class: kind, onclick: act }, text);
  }

  save(slot) {
    const draft = this.draft(slot);
    const body = { stock: draft.stock };
    if (draft.day) body.bestBefore = Number(draft.day.replaceAll("-", ""));
    return this.tell("count", slot, body);
  }

  async tell(path, slot, body) {
    const isTaken = await this.send(path, { slot: slot.slot, ...body });
    this.problems.set(slot.slot, isTaken ? "" : t("screen.work.refused"));
    if (isTaken) this.drafts.delete(slot.slot);
    this.show(this.slots, this.card);
  }
}

/** 20261121 as a date field has it. */
function dayText(day) {
  if (!day) return "";
  const text = String(day);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}
