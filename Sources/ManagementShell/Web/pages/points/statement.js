// A member's points: the balance, what moved them, and the form that grants more.

import { h } from "../../dom.js";
import { OrderForm, field, reasonField } from "./order-form.js";
import { RecordList } from "../../record-list.js";
import { figure } from "../../station-parts.js";
import { hasText, named, t } from "../../texts.js";
import { moment } from "../../times.js";

const page = 50;
/** Of movements on the page; whoever needs more asks the API. */
const most = 1000;

export class Statement {
  /** `aloneUpTo` is what one person may grant; `onMoved` is called after a grant. */
  constructor(api, fleet, member, aloneUpTo, onMoved) {
    this.api = api;
    this.fleet = fleet;
    this.member = member;
    this.balance = h("div", { class: "figures" });
    const list = h("ol", { class: "records statement", "aria-label": t("points.statement") });
    this.list = new RecordList(list, most, (line) => this.row(line));
    this.note = h("p", { class: "soft", role: "status" });
    this.older = h("button", { type: "button", hidden: true,
      onclick: () => this.read(this.list.oldest) }, t("points.older"));
    const grant = new OrderForm({
      name: `grant ${member}`, submit: t("points.grant.submit"),
      fields: [
        field("amount", t("points.amount"), {
          type: "number", inputmode: "numeric", min: 1, max: 1000000, step: 1,
        }),
        reasonField(),
      ],
      send: (order) => this.api.grantPoints(member, order),
      done: (receipt, order) => {
        this.load();
        onMoved();
        return receipt.movement === null ? t("points.grant.waits")
          : t("points.grant.done", { n: order.amount });
      },
    });
    this.known = h("div", { hidden: true, class: "member" }, this.balance,
      h("h3", {}, t("points.grant")),
      h("p", { class: "soft" }, t("points.grant.advice", { n: aloneUpTo })), grant.element,
      h("h3", {}, t("points.statement")), list);
    this.element = h("div", { "data-member": member }, this.known, this.note, this.older);
  }

  async load() {
    this.list.clear();
    await this.read();
  }

  async read(before) {
    this.note.textContent = t("station.events.loading");
    try {
      const { balance, movements } = await this.api.statement(
        this.member, { before, limit: page });
      this.balance.replaceChildren(figure(t("points.balance", this), balance, "big"));
      for (const line of movements) this.list.place(line);
      this.known.hidden = false;
      this.older.hidden = movements.length < page || this.list.isFull;
      this.note.textContent = this.list.size ? "" : t("points.statement.none");
    } catch (problem) {
      this.note.textContent = problem.status === 404
        ? t("points.member.unknown", this) : problem.text ?? String(problem);
    }
  }

  row(line) {
    const isGain = line.to.account === "member" && line.to.owner === this.member;
    const { of } = line;
    const facts = [
      of && t("points.of", {
        article: of.article, slot: of.slot,
        station: named(this.fleet.stations.get(of.station)?.names, of.station),
      }),
      line.reason ?? (isPerson(line.actor) && of?.resolution?.reason),
      isPerson(line.actor) && actorName(line.actor),
      line.reverses && t("points.reverses", { id: line.reverses }),
    ].filter(Boolean);
    return h("li", { "data-mood": isGain ? "granted" : "plain", "data-kind": line.kind },
      h("time", { datetime: new Date(line.at).toISOString() }, moment(line.at)),
      h("span", { class: "what" },
        h("strong", { class: "count" }, `${isGain ? "+" : "−"}${line.amount}`),
        h("span", {}, kindName(line))),
      h("span", { class: "more" }, facts.join(" · ")));
  }
}

/** What a movement was; of what was set aside, also what became of it. */
function kindName({ kind, of }) {
  const keys = [`movement.${kind}.${of?.state}`, `movement.${kind}`];
  const key = keys.find((one) => hasText(one));
  return key ? t(key) : kind;
}

function isPerson(actor) {
  return actor.startsWith("person:");
}

/** Who did it, without the word that says that it was a person. */
export function actorName(actor) {
  return actor.replace(/^person:/, "");
}
