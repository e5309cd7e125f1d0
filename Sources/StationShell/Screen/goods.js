// The articles that can be had: one big button each.

import { h } from "./dom.js";
import { both, language, nameOf, other, t } from "./texts.js";

export class Goods {
  constructor(element, choose) {
    this.element = element;
    this.choose = choose;
  }

  /** `stop` is why nothing is sold at all, which is said once and not on every article. */
  show(slots, stop) {
    this.element.replaceChildren(...slots.map((slot) => this.card(slot, stop)));
  }

  card(slot, stop) {
    let note = [];
    if (slot.refusal && slot.refusal !== stop) {
      note = both("span", "note", `exchange.refusal.${slot.refusal}.title`);
    } else if (!slot.refusal && slot.stock !== undefined) {
      note = both("span", "note", "screen.stock", { n: slot.stock });
    }
    return h("button", {
      type: "button",
      class: "article",
      disabled: Boolean(slot.refusal),
      "data-slot": slot.slot,
      onclick: () => this.choose(slot.slot),
    },
    h("span", { class: "number" }, String(slot.slot)),
    h("span", { class: "name", lang: language() }, nameOf(slot)),
    h("span", { class: "name second", lang: other() }, nameOf(slot, other())),
    h("span", { class: "price" }, t("screen.price", { n: slot.price })),
    ...note);
  }
}
