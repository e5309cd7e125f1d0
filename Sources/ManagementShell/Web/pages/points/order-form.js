// One order to the ledger as a form: its key is made once, so that no second press moves more.

import { h } from "../../dom.js";
import { t } from "../../texts.js";

const prefix = "order ";

/**
 * An order that may have arrived, by the name of its form. It outlives the form and the page, so
 * that whoever asks again asks for the same, under the same key.
 */
const pending = {
  of: (name) => JSON.parse(sessionStorage.getItem(prefix + name)),
  keep: (name, order) => sessionStorage.setItem(prefix + name, JSON.stringify(order)),
  drop: (name) => sessionStorage.removeItem(prefix + name),
};

/** Drops what is pending: the orders of one person are not those of the next. */
export function forgetOrders() {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(prefix)) sessionStorage.removeItem(name);
  }
}

function newKey() {
  // Not randomUUID, which there is only where a page came over TLS or from this computer.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `p-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
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
    /** What may have arrived; kept here too, since an earlier drawing of this form may settle it. */
    this.doubted = null;
    const order = pending.of(name);
    if (order) this.doubt(order, "");
  }

  get inputs() {
    return [...this.fields.querySelectorAll("input, select")];
  }

  /** What the fields say, under a new key. */
  get order() {
    const order = { key: newKey(), ...this.fixed };
    for (const input of this.inputs) {
      order[input.name] = input.type === "number" ? Number(input.value) : input.value.trim();
    }
    return order;
  }

  async submit(event) {
    event.preventDefault();
    if (this.isSent) return;
    const order = this.doubted ?? this.order;
    pending.keep(this.name, order);
    this.hold(true);
    this.say(t("order.under-way"), "");
    try {
      const receipt = await this.send(order);
      this.begin(this.done(receipt, order) ?? "");
    } catch (problem) {
      this.explain(problem, order);
    }
  }

  /** Empties the form for another order, which has a key of its own. */
  begin(words) {
    this.settle();
    this.element.reset();
    this.hold(false);
    this.anew.hidden = true;
    this.say(words, "done");
  }

  /** Says what went wrong, and whether anything may have moved. */
  explain(problem, order) {
    this.hold(false);
    const words = problem.text ?? String(problem);
    const isUnknown = problem.status === 0 || problem.status >= 500;
    const isTaken = problem.code === "conflict" && !problem.reason;
    // The ledger refuses no order that it has carried out; others refuse without asking it.
    if (!problem.reason && (isUnknown || (this.doubted && !isTaken))) {
      return this.doubt(order, words);
    }
    this.settle();
    this.anew.hidden = true;
    this.say(isTaken ? t("order.key-taken") : words, "problem");
  }

  settle() {
    this.doubted = null;
    pending.drop(this.name);
  }

  /** Shows the order that may have arrived: it can be sent again as it is, or be let go. */
  doubt(order, words) {
    this.doubted = order;
    for (const input of this.inputs) input.value = order[input.name];
    this.fields.disabled = true;
    this.anew.hidden = false;
    this.say(`${words} ${t("order.unknown")}`.trim(), "problem");
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
