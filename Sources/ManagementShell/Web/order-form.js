// One order to the ledger as a form: its key is made once, so that no second press moves twice.

import { h } from "./dom.js";
import { t } from "./texts.js";

/** The key under which a form's order waits, as long as it is not known to be done. */
const place = (name) => `order ${name}`;

function keyOf(name) {
  const known = sessionStorage.getItem(place(name));
  if (known) return known;
  // Not randomUUID, which there is only where a page came over TLS or from this computer.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = `p-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  sessionStorage.setItem(place(name), key);
  return key;
}

/** A field of an order; numbers are whole ones. */
export function field(name, label, properties = {}) {
  const input = h("input", { name, required: true, autocomplete: "off", ...properties });
  return h("label", { class: "field" }, h("span", {}, label), input);
}

/** Why something is done: what the ledger takes for a reason, and no more. */
export function reasonField() {
  return field("reason", t("points.reason"), { maxlength: 200, pattern: ".*\\S.*" });
}

export class OrderForm {
  /**
   * `name` says which form it is, for its key; `send` carries the order to the service, and `done`
   * takes the receipt and answers what to say, or nothing where the form is gone by then.
   */
  constructor({ name, fields, fixed = {}, submit, send, done }) {
    this.name = name;
    this.fixed = fixed;
    this.send = send;
    this.done = done;
    this.isSent = false;
    this.fields = h("fieldset", { class: "plain-set" }, ...fields);
    this.button = h("button", { type: "submit", class: "main" }, submit);
    this.anew = h("button", { type: "button", hidden: true, onclick: () => this.begin("") },
      t("order.anew"));
    this.note = h("p", { role: "status", class: "order-note" });
    this.element = h("form", { class: "order", "data-order": name,
      onsubmit: (event) => this.submit(event) },
      this.fields, this.button, this.anew, this.note);
  }

  get order() {
    const order = { key: keyOf(this.name), ...this.fixed };
    for (const input of this.fields.querySelectorAll("input, select")) {
      order[input.name] = input.type === "number" ? Number(input.value) : input.value.trim();
    }
    return order;
  }

  async submit(event) {
    event.preventDefault();
    if (this.isSent) return;
    const order = this.order;
    this.hold(true);
    this.say(t("order.under-way"), "");
    try {
      const receipt = await this.send(order);
      this.begin(this.done(receipt, order) ?? "");
    } catch (problem) {
      this.explain(problem);
    }
  }

  /** Empties the form for another order, which has a key of its own. */
  begin(words) {
    sessionStorage.removeItem(place(this.name));
    this.element.reset();
    this.hold(false);
    this.anew.hidden = true;
    this.say(words, "done");
  }

  /** Says what went wrong, and whether anything may have moved. */
  explain(problem) {
    this.hold(false);
    const isUnknown = problem.status === 0 || problem.status >= 500;
    const isTaken = problem.code === "conflict" && !problem.reason;
    // The same order again is harmless; another one under this key is not what was meant.
    this.fields.disabled = isUnknown;
    this.anew.hidden = !isUnknown && !isTaken;
    const words = problem.text ?? String(problem);
    this.say(isUnknown ? `${words} ${t("order.unknown")}`
      : isTaken ? t("order.key-taken") : words, "problem");
  }

  hold(isSent) {
    this.isSent = isSent;
    this.fields.disabled = isSent;
    this.button.disabled = isSent;
  }

  say(words, mood) {
    this.note.textContent = words;
    this.note.dataset.mood = mood;
  }
}
