// The members: found by a part of their id or label, with what happened to each of late.

import { membersAddress, pointsAddress } from "../../address.js";
import { h } from "../../dom.js";
import { actorName } from "../points/statement.js";
import { RecordList } from "../../record-list.js";
import { detail, meaning, mood, title } from "../../record-words.js";
import { figure } from "../../station-parts.js";
import { named, t } from "../../texts.js";
import { moment } from "../../times.js";

const page = 50;
/** How many rows a list of the page has at most; a longer answer is the API's to give. */
const most = 1000;
/** How long a change is waited for until the balance is read again, so that a rush costs one read. */
const gathering = 500;

export const members = {
  name: "members", title: "members.title", style: true,
  make: (element, session) => new MembersPage(element, session),
};

class MembersPage {
  constructor(element, { api, fleet }) {
    this.element = element;
    this.api = api;
    this.fleet = fleet;
    this.isOpen = false;
  }

  /** Shows the member or the search that the address names. */
  follow(word, rest, query) {
    const [member, search] = [query.get("member") ?? "", query.get("search") ?? ""];
    if (this.isOpen && member === this.member && search === this.search) return;
    [this.member, this.search] = [member, search];
    if (!this.isOpen) this.build();
    this.isOpen = true;
    this.show();
  }

  leave() {
    this.isOpen = false;
    this.shown = null;
    this.element.replaceChildren();
  }

  end() {
    this.leave();
  }

  /** Draws everything in another language. */
  translate() {
    if (!this.isOpen) return;
    this.build();
    this.show();
  }

  /** The stream is back, and goes on after the last record that it brought. */
  listed() {
    if (this.isOpen) this.shown.resume();
  }

  /** A record was stored. */
  add(event) {
    if (this.isOpen) this.shown.add(event);
  }

  /** A station may have another name. */
  update({ id, names }) {
    for (const place of this.element.querySelectorAll(`[data-station="${id}"]`)) {
      place.textContent = named(names, id);
    }
  }

  build() {
    this.input = h("input", { id: "members-search", type: "search", autocomplete: "off",
      maxlength: 64, placeholder: t("members.search.advice") });
    this.place = h("div", {});
    this.element.replaceChildren(
      h("section", { "aria-labelledby": "members-title" },
        h("div", { class: "list-head" },
          h("h2", { id: "members-title", tabindex: "-1" }, t("members.title")),
          h("form", { class: "find", role: "search", onsubmit: (event) => this.find(event) },
            h("label", { class: "field" }, h("span", {}, t("members.search")), this.input),
            h("button", { type: "submit", class: "main" }, t("members.find"))),
          h("button", { type: "button", id: "members-again", onclick: () => this.shown.load() },
            t("points.again"))),
        this.place));
  }

  find(event) {
    event.preventDefault();
    const address = membersAddress({ search: this.input.value.trim() });
    if (location.hash === address) this.shown.load();
    else location.hash = address;
  }

  show() {
    this.input.value = this.search;
    this.shown = this.member ? new MemberView(this.api, this.fleet, this.member)
      : new MemberList(this.api, this.search);
    this.place.replaceChildren(this.shown.element);
    this.shown.load();
  }
}

/** The words for a problem, also for those who may not see members. */
function words(problem) {
  return problem.status === 403 ? t("points.forbidden") : problem.text ?? String(problem);
}

/** The members that a search finds, or all, in pages by id. */
class MemberList {
  constructor(api, search) {
    this.api = api;
    this.search = search;
    this.turn = 0;
    this.list = h("ul", { class: "cases", id: "members-list" });
    this.note = h("p", { class: "soft", role: "status" });
    this.more = h("button", { type: "button", hidden: true, onclick: () => this.read(this.last) },
      t("points.more"));
    this.element = h("div", {}, this.list, this.note, this.more);
  }

  load() {
    this.read();
  }

  /** Members come and go by orders alone: what is shown stays, unless nothing is. */
  resume() {
    if (!this.list.children.length) this.load();
  }

  add() {}

  /** Reads the list anew, or what follows after an id. */
  async read(after) {
    const turn = (this.turn += 1);
    this.more.disabled = true;
    this.note.textContent = t("station.events.loading");
    try {
      const found = await this.api.members({ search: this.search, after, limit: page });
      if (turn !== this.turn) return;
      if (!after) this.list.replaceChildren();
      this.list.append(...found.map((member) => this.row(member)));
      this.last = found.at(-1)?.id ?? after;
      const [count, hasMore] = [this.list.children.length, found.length === page];
      this.more.hidden = !hasMore || count >= most;
      this.note.textContent = hasMore && count >= most ? t("members.most", { n: most })
        : count ? "" : this.search ? t("members.none.found", this) : t("members.none");
    } catch (problem) {
      if (turn === this.turn) this.note.textContent = words(problem);
    } finally {
      if (turn === this.turn) this.more.disabled = false;
    }
  }

  row({ id, label, status, enrolled }) {
    return h("li", { "data-member": id, "data-status": status },
      h("p", { class: "case-head" },
        h("a", { href: membersAddress({ member: id }) }, label ?? id),
        label === null ? null : h("span", { class: "soft" }, id),
        status === "active" ? null : statusChip(status),
        h("span", { class: "soft" }, t("members.enrolled", { time: moment(enrolled) }))));
  }
}

function statusChip(status) {
  return h("span", { class: "chip", "data-status": status }, t(`members.status.${status}`));
}

/** One member: the state, the orders for a lost phone and the like, and recent records. */
class MemberView {
  constructor(api, fleet, member) {
    this.api = api;
    this.fleet = fleet;
    this.member = member;
    /** Turns of two questions: an answer that a later one has overtaken is dropped. */
    this.stateTurn = 0;
    this.listTurn = 0;
    this.isSending = false;
    this.name = h("h3", { tabindex: "-1" }, member);
    this.since = h("p", { class: "soft" });
    this.caveat = h("p", { class: "caveat", hidden: true });
    this.balance = h("div", { class: "figures" });
    this.said = h("p", { class: "order-note", role: "status" });
    this.orders = h("div", { class: "member-orders" });
    const list = h("ol", { class: "records wide", "aria-labelledby": "member-events-title" });
    this.list = new RecordList(list, most, (event) => this.row(event));
    this.note = h("p", { class: "soft", role: "status" });
    this.older = h("button", { type: "button", hidden: true, onclick: () => this.readOlder() },
      t("station.events.older"));
    this.element = h("div", { "data-member": member },
      h("div", { class: "member-head" }, this.name, this.since, this.caveat, this.balance),
      this.said, this.orders,
      h("h3", { id: "member-events-title" }, t("members.events")), list, this.note, this.older);
  }

  /** Reads everything anew; an order that is being filled in stays. */
  load() {
    this.showState();
    this.list.clear();
    this.older.hidden = true;
    this.read();
  }

  resume() {
    this.showState();
    if (this.list.size === 0) this.read();
  }

  // The member's state

  async showState() {
    const turn = (this.stateTurn += 1);
    this.showBalance();
    try {
      const member = await this.api.member(this.member);
      if (turn !== this.stateTurn) return;
      this.show(member);
      // Who and why come after what can be done, which needs neither.
      const change = member.status === "suspended" ? await this.lastChange() : null;
      if (turn === this.stateTurn) this.showChange(change);
    } catch (problem) {
      if (turn !== this.stateTurn) return;
      this.say(problem.status === 404 ? t("points.member.unknown", this) : words(problem),
        "problem");
    }
  }

  /** The entry of the audit trail that stopped the codes; null where it is too long ago. */
  async lastChange() {
    const entries = await this.api.audit({ member: this.member, limit: page }).catch(() => []);
    return entries.find(({ action }) => action === "suspend") ?? null;
  }

  async showBalance() {
    const statement = await this.api.statement(this.member, { limit: 1 }).catch(() => null);
    this.balance.replaceChildren(figure(t("points.title"), statement?.balance ?? null, "big"),
      h("a", { href: pointsAddress(this.member) }, t("members.statement")));
  }

  show({ id, label, status, enrolled }) {
    this.name.replaceChildren(label ?? id, " ", statusChip(status));
    this.since.textContent =
      [label === null ? null : id, t("members.enrolled", { time: moment(enrolled) })]
        .filter(Boolean).join(" · ");
    if (status === this.status || this.isSending) return;
    this.status = status;
    this.orders.replaceChildren(...(status === "active"
      ? [this.order("lost", { status: "suspended", reason: t("members.lost.reason") }),
        this.order("suspend", { status: "suspended" })]
      : [this.order("activate", { status: "active" })]));
  }

  showChange(change) {
    this.caveat.hidden = change === null;
    if (change === null) return;
    this.caveat.textContent = t("members.suspended.by", {
      actor: actorName(change.actor), time: moment(change.at),
      reason: change.contents.reason ?? t("members.no-reason"),
    });
  }

  // Orders

  /** A change of the status behind a heading that opens it, with what it does and does not do. */
  order(name, change) {
    const reason = change.reason ? null : h("input", { name: "reason", required: true,
      autocomplete: "off", maxlength: 200, pattern: ".*\\S.*" });
    const submit = h("button", { type: "submit", class: "main" }, t(`members.${name}.submit`));
    const send = (event) => {
      event.preventDefault();
      this.send(name, { reason: reason?.value.trim(), ...change });
    };
    return h("details", { "data-order": name },
      h("summary", {}, t(`members.${name}`)),
      h("p", {}, t(`members.${name}.advice`)),
      h("form", { class: "order", onsubmit: send },
        reason && h("label", { class: "field" }, h("span", {}, t("points.reason")), reason),
        submit));
  }

  async send(name, change) {
    if (this.isSending) return;
    this.isSending = true;
    this.say(t("order.under-way"), "");
    try {
      await this.api.changeMember(this.member, change);
      this.say(t(`members.${name}.done`, this), "done");
    } catch (problem) {
      const isUnknown = problem.status === 0 || problem.status >= 500;
      this.say(isUnknown ? `${words(problem)} ${t("members.look-again")}` : words(problem),
        "problem");
    }
    this.isSending = false;
    // Also after a failure: the order may have arrived, and the page shows what is so.
    await this.showState();
    this.name.focus();
  }

  say(text, mood) {
    this.said.textContent = text;
    this.said.dataset.mood = mood;
  }

  // Records

  async readOlder() {
    const wasFocused = document.activeElement === this.older;
    const last = this.list.element.lastElementChild;
    await this.read(this.list.oldest);
    // The button may be gone; whoever used the keyboard goes on where the older ones begin.
    if (wasFocused && this.older.hidden) last?.nextElementSibling?.focus();
  }

  async read(before) {
    const turn = (this.listTurn += 1);
    this.note.textContent = t("station.events.loading");
    this.list.element.setAttribute("aria-busy", "true");
    try {
      const found = await this.api.eventsOfMember(this.member, { before, limit: page });
      if (turn !== this.listTurn) return;
      for (const event of found) this.list.place(event);
      this.list.trim();
      const hasMore = found.length === page;
      this.older.hidden = !hasMore || this.list.isFull;
      this.note.textContent = hasMore && this.list.isFull ? t("members.events.most", { n: most })
        : this.list.size ? "" : t("members.events.none");
    } catch (problem) {
      if (turn !== this.listTurn) return;
      this.note.textContent = words(problem);
      this.older.hidden = this.list.size === 0;
    } finally {
      if (turn === this.listTurn) this.list.element.setAttribute("aria-busy", "false");
    }
  }

  /** Takes a record from the stream. */
  add(event) {
    if (event.record.member !== this.member) return;
    const wasEmpty = this.list.size === 0;
    this.list.place(event);
    if (this.list.trim()) this.older.hidden = true;
    if (wasEmpty && this.note.textContent === t("members.events.none")) this.note.textContent = "";
    if (!event.record.kind.startsWith("exchange-")) return;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.showBalance();
    }, gathering);
  }

  row({ station, received, record }) {
    const [reason, sense] = [detail(record), meaning(record)];
    return h("li", { "data-mood": mood(record), "data-kind": record.kind, tabindex: "-1" },
      h("time", { datetime: new Date(record.at).toISOString() }, moment(record.at)),
      h("span", { class: "place" },
        h("strong", { "data-station": station },
          named(this.fleet.stations.get(station)?.names, station)),
        record.ap ? h("span", { class: "soft" }, t("door.name", { n: record.ap })) : null),
      h("div", { class: "what" },
        h("p", {}, h("strong", {}, title(record)), reason ? h("span", {}, reason) : null),
        sense ? h("p", { class: "sense" }, sense) : null,
        record.trusted ? null : h("p", { class: "caveat" },
          t("event.untrusted.received", { time: moment(received) }))));
  }
}
