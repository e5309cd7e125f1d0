// What of the points needs a person: orders that wait, open holds, what does not fit, the proof.

import { pointsAddress } from "../../address.js";
import { h } from "../../dom.js";
import { OrderForm, reasonField } from "./order-form.js";
import { actorName } from "./statement.js";
import { figure } from "../../station-parts.js";
import { hasText, named, t } from "../../texts.js";
import { moment, serviceNow, tick } from "../../times.js";

/** How many of each are on the page at first, and how many more come with each press. */
const page = 50;

/** One titled list of the page, which is read in pages. */
class Part {
  constructor(name) {
    this.list = h("ul", { class: "cases", id: `points-${name}` });
    this.note = h("p", { class: "soft", role: "status" });
    this.more = h("button", { type: "button", hidden: true, onclick: () => this.read(this.last) },
      t("points.more"));
    this.element = h("section", { "aria-labelledby": `points-${name}-title` },
      h("h2", { id: `points-${name}-title` }, t(`points.${name}`)),
      h("p", { class: "soft" }, t(`points.${name}.advice`)), this.list, this.note, this.more);
    this.none = t(`points.${name}.none`);
  }

  /** Reads the list anew, or what follows after an id. */
  async read(after) {
    try {
      const found = await this.ask(after);
      if (!after) this.list.replaceChildren();
      this.list.append(...found.map((one) => this.row(one)));
      this.last = found.at(-1)?.id;
      this.more.hidden = found.length < page;
      this.note.textContent = this.list.children.length ? "" : this.none;
    } catch (problem) {
      this.note.textContent = problem.text ?? String(problem);
    }
  }
}

/** Orders above what one person decides alone. */
export class WaitingOrders extends Part {
  constructor(api, fleet, onMoved) {
    super("pending");
    this.api = api;
    this.fleet = fleet;
    this.onMoved = onMoved;
  }

  async ask(after) {
    return (await this.api.pendingOrders({ after, limit: page })).orders;
  }

  row(waiting) {
    const { id, kind, member, reason, actor, at } = waiting;
    const decide = (decision, fields) => new OrderForm({
      name: `${decision} ${id}`, fields, fixed: { decision },
      submit: t(`points.pending.${decision}`),
      send: (order) => this.api.decideOrder(id, order),
      done: () => {
        this.read();
        this.onMoved(member);
      },
    }).element;
    return h("li", { "data-pending": id, "data-kind": kind },
      h("p", { class: "case-head" },
        h("strong", { class: "count" }, this.words(waiting)),
        member && memberLink(member),
        reason && h("span", {}, reason),
        h("span", { class: "soft" }, t("points.asked", {
          actor: actorName(actor), time: moment(at),
        }))),
      h("div", { class: "orders" }, decide("approve", []), decide("decline", [reasonField()])));
  }

  /** What an order would do, in a few words. */
  words({ kind, amount, movement, exchange, decision, station, slot, price, limits }) {
    const most = (number) => number ?? t("points.pending.unlimited");
    switch (kind) {
      case "grant": return `+${amount}`;
      case "resolve": return t(`points.pending.${decision}`, {
        exchange, n: decision === "post" ? price ?? amount : amount,
      });
      case "dismiss": return t("points.pending.dismiss", {
        n: amount, station: named(this.fleet.stations.get(station)?.names, station),
      });
      case "price": return t(price === null ? "points.pending.no-price" : "points.pending.price", {
        n: price, slot, station: named(this.fleet.stations.get(station)?.names, station),
      });
      case "limits": return t("points.pending.limits", {
        day: most(limits.perDay), article: most(limits.perArticle),
      });
      default: return t(`points.pending.${kind}`, { n: amount, movement });
    }
  }
}

/** What lies aside for exchanges that have not ended. */
export class OpenHolds extends Part {
  constructor(api, fleet, onMoved) {
    super("holds");
    this.api = api;
    this.fleet = fleet;
    this.onMoved = onMoved;
    this.sums = h("ul", { class: "cases", id: "points-unproven" });
    this.list.before(this.sums);
  }

  async ask(after) {
    if (!after) {
      // One alone is decided about like any other.
      const sums = (await this.api.unproven()).filter(({ count }) => count > 1);
      this.sums.replaceChildren(...sums.map((sum) => this.sum(sum)));
    }
    return (await this.api.holds({ after, limit: page })).holds;
  }

  /** What a station says fell without a hold, to be dismissed with one order. */
  sum({ station, count, points, through }) {
    const form = new OrderForm({
      name: `dismiss ${station}`, fields: [reasonField()], fixed: { through },
      submit: t("points.unproven.dismiss"),
      send: (order) => this.api.dismissUnproven(station, order),
      done: () => {
        this.read();
        this.onMoved();
      },
    });
    return h("li", { "data-unproven": station },
      h("p", { class: "case-head" },
        h("strong", { class: "count" }, named(this.fleet.stations.get(station)?.names, station)),
        h("span", {}, t("points.unproven.sum", { n: count, points }))),
      h("details", {}, h("summary", {}, t("points.unproven.together")),
        h("p", { class: "soft" }, t("points.unproven.advice")), form.element));
  }

  row(hold) {
    const form = new OrderForm({
      name: `resolve ${hold.exchange}`, submit: t("points.holds.resolve"),
      fields: [
        h("label", { class: "field" }, h("span", {}, t("points.holds.decision")),
          h("select", { name: "decision", required: true },
            h("option", { value: "" }, t("points.holds.choose")),
            h("option", { value: "void" },
              t(hold.unproven ? "points.holds.dismiss" : "points.holds.void")),
            h("option", { value: "post" }, t("points.holds.post")))),
        reasonField(),
      ],
      send: (order) => this.api.resolveHold(hold.exchange, order),
      done: () => {
        this.read();
        this.onMoved(hold.member);
      },
    });
    return h("li", { "data-exchange": hold.exchange, "data-old": hold.needsAttention },
      exchangeHead(hold, this.fleet),
      h("p", {},
        tick(h("span", {}), hold.unproven ? "points.holds.told" : "points.holds.age",
          serviceNow() - hold.ageSeconds * 1000), " ",
        hold.needsAttention ? h("span", { class: "caveat" },
          t(`points.holds.${why(hold)}`)) : null),
      h("details", {}, h("summary", {}, t("points.holds.resolve")), form.element));
  }
}

/** Why somebody should look at what lies aside, or does not. */
function why({ orphaned, unproven, inGap }) {
  if (unproven) return "unproven";
  if (orphaned) return "orphaned";
  return inGap ? "in-gap" : "old";
}

/** What stations told of exchanges and does not fit. */
export class Discrepancies extends Part {
  constructor(api, fleet) {
    super("discrepancies");
    this.api = api;
    this.fleet = fleet;
  }

  async ask(before) {
    return (await this.api.discrepancies({ before, limit: page })).discrepancies;
  }

  row(one) {
    return h("li", { "data-kind": one.kind },
      h("p", { class: "case-head" },
        h("strong", {}, hasText(`discrepancy.${one.kind}`) ? t(`discrepancy.${one.kind}`)
          : one.kind),
        h("time", { class: "soft", datetime: new Date(one.at).toISOString() }, moment(one.at))),
      hasText(`discrepancy.${one.kind}.meaning`)
        ? h("p", {}, t(`discrepancy.${one.kind}.meaning`)) : null,
      exchangeHead(one, this.fleet),
      h("p", { class: "soft" }, [
        one.outcome && t(`exchange.outcome.${one.outcome}`),
        t("points.charged", one),
      ].filter(Boolean).join(" · ")));
  }
}

/** Who did what. */
export class Changes extends Part {
  constructor(api) {
    super("changes");
    this.api = api;
  }

  async ask(before) {
    return this.api.audit({ before, limit: page });
  }

  row({ at, actor, action, member, contents, pending }) {
    const facts = [
      contents.reason, contents.en, contents.label,
      pending && t("points.changes.pending", { id: pending }),
    ].filter(Boolean);
    return h("li", { "data-action": action },
      h("p", { class: "case-head" },
        h("strong", {}, hasText(`audit.${action}`) ? t(`audit.${action}`) : action),
        member && memberLink(member),
        h("span", {}, actorName(actor)),
        h("time", { class: "soft", datetime: new Date(at).toISOString() }, moment(at))),
      facts.length ? h("p", { class: "soft" }, facts.join(" · ")) : null);
  }
}

/** Whether the ledger balances. */
export class Proof {
  constructor(api) {
    this.api = api;
    this.body = h("div", { id: "points-proof" });
    this.element = h("section", { "aria-labelledby": "points-proof-title" },
      h("h2", { id: "points-proof-title" }, t("points.proof")),
      h("p", { class: "soft" }, t("points.proof.advice")), this.body);
  }

  async read() {
    try {
      const proof = await this.api.ledgerProof();
      this.body.replaceChildren(
        h("p", { class: proof.clean ? "all-well" : "unbalanced", "data-clean": proof.clean },
          t(proof.clean ? "points.proof.clean" : "points.proof.broken")),
        ...proof.findings.map((finding) => h("p", { lang: "en" }, finding)),
        h("div", { class: "figures" },
          proof.accounts.map(({ account, balance }) =>
            // What was issued is told as what it is for people, not as the debt that it is in books.
            figure(hasText(`account.${account}`) ? t(`account.${account}`) : account,
              account === "issuance" ? -balance : balance))));
    } catch (problem) {
      this.body.replaceChildren(h("p", { class: "soft" }, problem.text ?? String(problem)));
    }
  }
}

function exchangeHead({ member, price, article, slot, station }, fleet) {
  return h("p", { class: "case-head" },
    h("strong", { class: "count" }, t("screen.price", { n: price })), memberLink(member),
    h("span", {}, t("points.of", {
      article, slot, station: named(fleet.stations.get(station)?.names, station),
    })));
}

function memberLink(member) {
  return h("a", { href: pointsAddress(member) }, member);
}
