// The members: found by a part of their id or label, with what happened to each of late.

import { membersAddress, pointsAddress } from "../../address.js";
import { h } from "../../dom.js";
import { RecordList } from "../../record-list.js";
import { detail, meaning, mood, title } from "../../record-words.js";
import { figure } from "../../station-parts.js";
import { named, t } from "../../texts.js";
import { moment } from "../../times.js";

const page = 50;
/** Of records on the page; whoever needs more asks the API. */
const most = 1000;

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
    this.isOpen = true;
    this.member = member;
    this.search = search;
    this.build();
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
    if (this.isOpen) this.build();
  }

  /** The stream is back: what came meanwhile is read. */
  listed() {
    if (this.isOpen) this.shown.load();
  }

  /** A record was stored. */
  add(event) {
    if (this.isOpen) this.shown.add?.(event);
  }

  /** A station may have another name. */
  update({ id, names }) {
    for (const place of this.element.querySelectorAll(`[data-station="${id}"]`)) {
      place.textContent = named(names, id);
    }
  }

  build() {
    this.shown = this.member ? new MemberView(this.api, this.fleet, this.member)
      : new MemberList(this.api, this.search);
    const input = h("input", { id: "members-search", type: "search", autocomplete: "off",
      maxlength: 64, placeholder: t("members.search.advice"), value: this.search });
    const find = (event) => {
      event.preventDefault();
      const address = membersAddress({ search: input.value.trim() });
      if (location.hash === address) this.shown.load();
      else location.hash = address;
    };
    this.element.replaceChildren(
      h("section", { "aria-labelledby": "members-title" },
        h("div", { class: "list-head" },
          h("h2", { id: "members-title", tabindex: "-1" }, t("members.title")),
          h("form", { class: "find", role: "search", onsubmit: find },
            h("label", { class: "field" }, h("span", {}, t("members.search")), input),
            h("button", { type: "submit", class: "main" }, t("members.find"))),
          h("button", { type: "button", id: "members-again", onclick: () => this.shown.load() },
            t("points.again"))),
        this.shown.element));
    this.shown.load();
  }
}

/** What went wrong, for a manager and for those who may not see members. */
function words(problem) {
  return problem.status === 403 ? t("points.forbidden") : problem.text ?? String(problem);
}

/** The members that a search finds, or all, in pages by id. */
class MemberList {
  constructor(api, search) {
    this.api = api;
    this.search = search;
    this.list = h("ul", { class: "cases", id: "members-list" });
    this.note = h("p", { class: "soft", role: "status" });
    this.more = h("button", { type: "button", hidden: true, onclick: () => this.read() },
      t("points.more"));
    this.element = h("div", {}, this.list, this.note, this.more);
  }

  load() {
    this.last = undefined;
    this.turn = (this.turn ?? 0) + 1;
    this.read();
  }

  async read() {
    const turn = this.turn;
    const after = this.last;
    this.note.textContent = t("station.events.loading");
    try {
      const found = await this.api.members({ search: this.search, after, limit: page });
      if (turn !== this.turn) return;
      if (after === undefined) this.list.replaceChildren();
      this.list.append(...found.map((member) => this.row(member)));
      this.last = found.at(-1)?.id ?? after;
      this.more.hidden = found.length < page;
      this.note.textContent = this.list.children.length ? ""
        : this.search ? t("members.none.found", this) : t("members.none");
    } catch (problem) {
      if (turn === this.turn) this.note.textContent = words(problem);
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

/** One member: the state, what a manager does about a lost phone, and recent records. */
class MemberView {
  constructor(api, fleet, member) {
    this.api = api;
    this.fleet = fleet;
    this.member = member;
    this.head = h("div", { class: "member-head" });
    this.said = h("p", { class: "order-note", role: "status" });
    this.orders = h("div", { class: "member-orders" });
    const list = h("ol", { class: "records wide", "aria-labelledby": "member-events-title" });
    this.list = new RecordList(list, most, (event) => this.row(event));
    this.note = h("p", { class: "soft", role: "status" });
    this.older = h("button", { type: "button", hidden: true,
      onclick: () => this.read(this.list.oldest) }, t("station.events.older"));
    this.element = h("div", { "data-member": member }, this.head, this.said, this.orders,
      h("h3", { id: "member-events-title" }, t("members.events")), list, this.note, this.older);
  }

  async load() {
    this.list.clear();
    await Promise.all([this.showState(), this.read()]);
  }

  // Who it is

  async showState() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const [member, { balance }] = await Promise.all([
        this.api.member(this.member), this.api.statement(this.member, { limit: 1 }),
      ]);
      const changed = member.status === "suspended" ? await this.lastChange() : null;
      if (turn === this.turn) this.show(member, balance, changed);
    } catch (problem) {
      if (turn !== this.turn) return;
      this.orders.replaceChildren();
      this.head.replaceChildren(h("p", {}, problem.status === 404
        ? t("points.member.unknown", this) : words(problem)));
    }
  }

  /** Who stopped the codes, when and why; null where that is too long ago. */
  async lastChange() {
    const entries = await this.api.audit({ member: this.member, limit: page });
    return entries.find(({ action }) => action === "suspend") ?? null;
  }

  show({ id, label, status, enrolled }, balance, changed) {
    this.head.replaceChildren(
      h("h3", {}, label ?? id, " ", statusChip(status)),
      h("p", { class: "soft" },
        [label === null ? null : id, t("members.enrolled", { time: moment(enrolled) })]
          .filter(Boolean).join(" · ")),
      changed ? h("p", { class: "caveat" }, t("members.suspended.by", {
        actor: changed.actor.replace(/^person:/, ""), time: moment(changed.at),
        reason: changed.contents.reason ?? t("members.no-reason"),
      })) : "",
      h("div", { class: "figures" }, figure(t("points.title"), balance, "big"),
        h("a", { href: pointsAddress(id) }, t("members.statement"))));
    this.orders.replaceChildren(...(status === "active"
      ? [this.order("lost", { status: "suspended", reason: t("members.lost.reason") }),
        this.order("suspend", { status: "suspended" })]
      : [this.order("activate", { status: "active" })]));
  }

  // What a manager does

  /** A change of the status behind a heading that opens it, with what it does and does not do. */
  order(name, change) {
    const reason = change.reason ? null : h("input", { name: "reason", required: true,
      autocomplete: "off", maxlength: 200, pattern: ".*\\S.*" });
    const submit = h("button", { type: "submit", class: "main" }, t(`members.${name}.submit`));
    const send = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      this.say(t("order.under-way"), "");
      try {
        await this.api.changeMember(this.member, { reason: reason?.value.trim(), ...change });
        this.say(t(`members.${name}.done`, this), "done");
        await this.showState();
      } catch (problem) {
        submit.disabled = false;
        this.say(words(problem), "problem");
      }
    };
    return h("details", { "data-order": name },
      h("summary", {}, t(`members.${name}`)),
      h("p", {}, t(`members.${name}.advice`)),
      h("form", { class: "order", onsubmit: send },
        reason && h("label", { class: "field" }, h("span", {}, t("points.reason")), reason),
        submit));
  }

  say(text, mood) {
    this.said.textContent = text;
    this.said.dataset.mood = mood;
  }

  // What happened

  async read(before) {
    this.note.textContent = t("station.events.loading");
    try {
      const found = await this.api.eventsOfMember(this.member, { before, limit: page });
      for (const event of found) this.list.place(event);
      this.older.hidden = found.length < page || this.list.isFull;
      this.note.textContent = this.list.size ? "" : t("members.events.none");
    } catch (problem) {
      this.note.textContent = words(problem);
    }
  }

  /** Takes a record from the stream. */
  add(event) {
    if (event.record.member !== this.member) return;
    this.list.place(event);
    if (this.list.trim()) this.older.hidden = true;
    this.note.textContent = "";
  }

  row({ station, received, record }) {
    const [reason, sense] = [detail(record), meaning(record)];
    return h("li", { "data-mood": mood(record), "data-kind": record.kind },
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
