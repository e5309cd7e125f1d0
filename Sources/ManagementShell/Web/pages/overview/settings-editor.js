// A draft of settings: several changes, how they differ from what holds, and the way to the station.

import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { differenceTable } from "./settings-changes.js";
import { Fields, field } from "./settings-fields.js";
import { faultLine, head, place, value } from "./settings-words.js";

/** What a manager has of the settings and a viewer has not. Nothing redraws it but its own buttons. */
export class Editor {
  /** `known` says what holds, and `moved` is told when that is to be read anew. */
  constructor(api, station, keys, { known, moved, draft }) {
    this.api = api;
    this.station = station;
    this.known = known;
    this.moved = moved;
    this.draft = draft;
    this.turn = 0;
    this.fields = new Fields(keys, known, (change) => this.add(change));
    this.list = h("ul", { class: "setting-draft", "aria-label": t("settings.draft") });
    this.compareButton = h("button", { type: "button", class: "main", "data-setting": "compare",
      onclick: () => {
        this.say("", "");
        this.compare();
      } }, t("settings.compare"));
    this.emptyButton = h("button", { type: "button", onclick: () => this.empty() },
      t("settings.empty"));
    this.difference = h("div", { "data-setting": "difference" });
    this.alert = h("div", { class: "setting-faults", role: "alert" });
    this.note = h("p", { class: "order-note", role: "status" });
    this.title = h("h4", { tabindex: "-1" }, t("settings.draft"));
    this.element = h("section", { class: "setting-editor" },
      h("h4", {}, t("settings.change")), this.fields.element, this.title, this.list,
      h("div", { class: "order-row" }, this.compareButton, this.emptyButton),
      this.difference, this.alert, this.sendForm(), this.note);
    this.drawDraft();
  }

  /** Takes other settings that hold; a draft stays as it is. */
  update() {
    this.fields.tellNow();
  }

  add(change) {
    this.draft.set(change);
    this.drawDraft();
    this.say("done", t("settings.added", { n: this.draft.size }));
  }

  sendForm() {
    this.reason = h("input", { name: "reason", required: true, maxlength: 200, autocomplete: "off",
      pattern: ".*\\S.*", title: t("settings.reason.form") });
    this.sendButton = h("button", { type: "submit", class: "main" }, t("settings.send"));
    this.send = h("form", { class: "setting-fields", "data-setting": "send", hidden: true,
      onsubmit: (event) => {
        event.preventDefault();
        this.submit();
      } }, field(t("settings.reason"), this.reason), this.sendButton);
    return this.send;
  }

  /** Draws the changes; a difference that was shown is one of another draft. */
  drawDraft() {
    this.turn += 1;
    this.list.replaceChildren(...(this.draft.size ? this.draft.list.map((change) => this.row(change))
      : [h("li", { class: "soft" }, t("settings.draft.none"))]));
    this.compareButton.disabled = this.draft.size === 0;
    this.emptyButton.hidden = this.draft.size === 0;
    this.difference.replaceChildren();
    this.alert.replaceChildren();
    this.send.hidden = true;
  }

  row(change) {
    const words = place(change);
    return h("li", { "data-key": change.key },
      h("span", {}, words, " ", h("code", { class: "soft" }, head(change)), " → ",
        h("strong", {}, value(change.value))),
      h("button", { type: "button", "aria-label": `${t("settings.remove")} ${words}`,
        onclick: () => {
          this.draft.remove(change);
          this.drawDraft();
          this.title.focus();
        } }, t("settings.remove")));
  }

  empty() {
    this.draft.clear();
    this.drawDraft();
    this.say("", "");
    this.title.focus();
  }

  /** Makes a draft of the way back to a revision, and shows what it would change. */
  restore(revision) {
    this.draft.lead(this.known().sections, revision.sections);
    this.drawDraft();
    this.say("done", t("settings.restored", { n: revision.revision }));
    this.title.focus();
    if (this.draft.size) this.compare();
    else this.difference.replaceChildren(h("p", {}, t("settings.same")));
  }

  async compare() {
    const turn = (this.turn += 1);
    try {
      const answer = await this.api.compareSettings(this.station, { sections: this.draft.sections });
      if (turn === this.turn) this.drawDifference(answer);
    } catch (problem) {
      if (turn === this.turn) this.warn(problem.text ?? String(problem));
    }
  }

  drawDifference({ revision, differences, faults }) {
    this.seen = revision;
    this.difference.replaceChildren(differences.length ? differenceTable(differences)
      : h("p", {}, t("settings.same")));
    this.alert.replaceChildren(...(faults.length ? [h("p", {}, t("settings.faulty")),
      h("ul", {}, faults.map(faultLine))] : []));
    this.send.hidden = faults.length > 0 || differences.length === 0;
  }

  async submit() {
    if (this.sendButton.disabled) return;
    this.sendButton.disabled = true;
    try {
      const { settings } = await this.api.changeSettings(this.station, {
        expected: this.seen, reason: this.reason.value.trim(), sections: this.draft.sections });
      this.draft.clear();
      this.reason.value = "";
      this.drawDraft();
      this.say("done", t("settings.sent", { n: settings.revision }));
      this.title.focus();
      await this.moved();
    } catch (problem) {
      await this.explain(problem);
    } finally {
      this.sendButton.disabled = false;
    }
  }

  /** Says why nothing was sent. Where somebody was faster, the difference is another one. */
  async explain(problem) {
    if (problem.code !== "conflict") return this.warn(problem.text ?? String(problem));
    this.send.hidden = true;
    await this.moved();
    await this.compare();
    this.alert.prepend(h("p", {}, t("settings.conflict")));
    this.title.focus();
  }

  warn(words) {
    this.alert.replaceChildren(h("p", {}, words));
  }

  say(mood, text) {
    this.note.dataset.mood = mood;
    this.note.textContent = text;
  }
}
