// The points of members: one member's statement, and what of the ledger waits for a person.

import { pointsAddress } from "../../address.js";
import { h } from "../../dom.js";
import { Changes, Discrepancies, OpenHolds, Proof, WaitingOrders } from "./lists.js";
import { OldHolds } from "./old-holds.js";
import { forgetOrders } from "./order-form.js";
import { Statement } from "./statement.js";
import { t } from "../../texts.js";

export const points = {
  name: "points", title: "points.title", style: true, forget: forgetOrders,
  make: (element, session) => new PointsPage(element, session),
};

class PointsPage {
  constructor(element, { api, fleet }) {
    this.element = element;
    this.api = api;
    this.fleet = fleet;
    this.old = new OldHolds(api, document.getElementById("points-mark"));
    this.isOpen = false;
    this.turn = 0;
  }

  /** Shows the page with the member that the address names, or with none. */
  follow(word, rest, query) {
    const member = query.get("member") ?? "";
    if (this.isOpen && member === this.member) return;
    const wasOpen = this.isOpen && Boolean(this.place);
    this.isOpen = true;
    this.member = member;
    if (wasOpen) this.showMember();
    else this.build();
  }

  end() {
    this.old.stop();
    this.leave();
  }

  leave() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.turn += 1;
    this.place = null;
    this.element.replaceChildren();
  }

  /** Draws everything in another language. */
  translate() {
    this.old.show();
    if (this.isOpen) this.build();
  }

  /** Asks first whether the token may see members at all. */
  async build() {
    const turn = (this.turn += 1);
    this.place = null;
    const title = h("h2", { id: "points-title", tabindex: "-1" }, t("points.title"));
    this.element.replaceChildren(title, h("p", { class: "soft", role: "status" },
      t("station.events.loading")));
    try {
      this.aloneUpTo = (await this.api.pendingOrders({ limit: 1 })).aloneUpTo;
    } catch (problem) {
      if (turn !== this.turn) return;
      const words = problem.status === 403 ? t("points.forbidden")
        : problem.text ?? String(problem);
      this.element.replaceChildren(title, h("p", { id: "points-problem", role: "status" }, words),
        problem.status === 403 ? "" : h("button", { type: "button", onclick: () => this.build() },
          t("points.again")));
      return;
    }
    if (turn === this.turn) this.show(title);
  }

  show(title) {
    const moved = (member) => {
      if (member === this.member) this.statement?.load();
      this.changes.read();
      this.proof.read();
      this.old.read();
    };
    this.waiting = new WaitingOrders(this.api, this.fleet, moved);
    this.holds = new OpenHolds(this.api, this.fleet, moved);
    this.discrepancies = new Discrepancies(this.api, this.fleet);
    this.proof = new Proof(this.api);
    this.changes = new Changes(this.api);
    this.input = h("input", { id: "points-member", type: "search", autocomplete: "off",
      required: true, maxlength: 64, pattern: "[A-Za-z0-9_.:\\-]+" });
    this.place = h("div", {});
    this.element.replaceChildren(
      h("section", { "aria-labelledby": "points-title" },
        h("div", { class: "list-head" }, title,
          h("form", { class: "find", onsubmit: (event) => this.find(event) },
            h("label", { class: "field" }, h("span", {}, t("points.member")), this.input),
            h("button", { type: "submit", class: "main" }, t("points.find"))),
          h("button", { type: "button", id: "points-again", onclick: () => this.load() },
            t("points.again"))),
        this.place),
      this.waiting.element, this.holds.element, this.discrepancies.element, this.changes.element,
      this.proof.element);
    this.showMember();
    this.readLists();
  }

  /** Reads everything anew; what is being typed into the member's form stays. */
  load() {
    this.statement?.load();
    this.readLists();
  }

  readLists() {
    for (const part of [
      this.waiting, this.holds, this.discrepancies, this.changes, this.proof,
    ]) part.read();
  }

  find(event) {
    event.preventDefault();
    const address = pointsAddress(this.input.value.trim());
    if (location.hash === address) this.statement?.load();
    else location.hash = address;
  }

  showMember() {
    this.input.value = this.member;
    this.statement = this.member === "" ? null : new Statement(
      this.api, this.fleet, this.member, this.aloneUpTo, () => {
        this.waiting.read();
        this.changes.read();
        this.proof.read();
        this.old.read();
      });
    this.place.replaceChildren(this.statement?.element
      ?? h("p", { class: "soft" }, t("points.member.advice")));
    this.statement?.load();
  }
}
