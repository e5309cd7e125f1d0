// The settings of a station, in its panel: where they have got to, what they are, and a draft.

import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { moment } from "../../times.js";
import { Draft, differences, differenceTable } from "./settings-changes.js";
import { Editor } from "./settings-editor.js";
import { faultLine, head, keyTitle, sectionTitle, value, whose } from "./settings-words.js";

/** How many revisions are read at once; the last one is only there to be compared with. */
const page = 11;

/** The settings of one station. Read when the part is opened, and when another revision is wanted. */
export class Settings {
  /** `before` is the same part in another language, whose draft goes on. */
  constructor(api, station, before) {
    this.api = api;
    this.station = station;
    this.turn = 0;
    this.revisions = [];
    this.hasAll = false;
    this.answer = null;
    this.draft = before?.draft ?? new Draft();
    this.short = h("span", { class: "setting-short" });
    this.problem = h("p", { class: "caveat", role: "alert" });
    this.standing = h("div", { class: "setting-standing", "aria-live": "polite" });
    this.set = h("div", { class: "setting-set" });
    this.place = h("div", {});
    this.history = h("ol", { class: "setting-revisions", "aria-label": t("settings.history") });
    this.older = h("button", { type: "button", hidden: true, onclick: () => this.readOlder() },
      t("settings.older"));
    this.element = h("details", { class: "station-orders", "data-part": "settings",
      ontoggle: () => this.element.open && this.read() },
    h("summary", {}, h("span", {}, t("settings.title"), " ", this.short)),
    this.standing, this.problem, h("h4", {}, t("settings.set-here")),
    h("p", { class: "soft" }, t("settings.rest")), this.set, this.place,
    h("h4", {}, t("settings.history")), this.history, this.older);
  }

  /** Takes the station as it is now. */
  show(view) {
    this.view = view;
    const now = JSON.stringify(view.settings);
    if (now === this.shown) return;
    this.shown = now;
    this.drawStanding();
    if (this.element.open) this.read();
  }

  /** Reads everything but the form, where somebody may be typing. */
  async read() {
    const turn = (this.turn += 1);
    try {
      const [answer, revisions, keys, manages] = await Promise.all([
        this.api.settings(this.station), this.api.settingsRevisions(this.station, { limit: page }),
        this.keys ?? this.api.settingsKeys(), this.api.isManager(),
      ]);
      if (turn !== this.turn) return;
      this.answer = answer;
      this.keys = keys;
      this.manages = manages;
      this.putFirst(revisions);
      this.problem.textContent = "";
      this.draw();
    } catch (problem) {
      if (turn === this.turn) this.problem.textContent = problem.text ?? String(problem);
    }
  }

  /** Puts the newest revisions before those that were read already. */
  putFirst(newest) {
    const last = newest.at(-1)?.revision ?? 0;
    this.hasAll ||= newest.length < page;
    this.revisions = [...newest, ...this.revisions.filter(({ revision }) => revision < last)];
  }

  async readOlder() {
    try {
      const older = await this.api.settingsRevisions(this.station,
        { limit: page, before: this.revisions.at(-1).revision });
      this.hasAll = older.length < page;
      this.revisions.push(...older);
      this.drawHistory();
    } catch (problem) {
      this.problem.textContent = problem.text ?? String(problem);
    }
  }

  get sections() {
    return this.answer?.settings?.sections ?? [];
  }

  draw() {
    this.drawStanding();
    this.drawSet();
    this.drawEditor();
    this.drawHistory();
  }

  drawEditor() {
    if (this.editor) return this.editor.update();
    if (!this.manages) return;
    this.editor = new Editor(this.api, this.station, this.keys, {
      known: () => ({ sections: this.sections, view: this.view }),
      moved: () => this.read(), draft: this.draft,
    });
    this.place.replaceChildren(this.editor.element);
  }

  /** Where the settings have got to; untouched where it is the same, so that it is not read twice. */
  drawStanding() {
    const { standing, wanted, inForce, setback, reasons } = this.view.settings;
    const settings = this.answer?.settings;
    const now = JSON.stringify([this.view.settings, settings?.revision, settings?.at]);
    if (now === this.standingShown) return;
    this.standingShown = now;
    this.short.textContent = `· ${t(`settings.standing.${standing}`)}`;
    this.short.dataset.standing = standing;
    const isKnown = wanted !== null && settings?.revision === wanted;
    const isBehind = wanted !== null && inForce !== wanted;
    const isSetBack = reasons.length > 0 && !["in-force", "trial"].includes(standing);
    this.standing.replaceChildren(...[
      h("p", { class: "setting-state", "data-standing": standing },
        t(`settings.standing.${standing}`)),
      isKnown ? h("p", {}, `${t("settings.revision", { n: wanted })} · `,
        whose(settings), h("span", { class: "soft" },
          ` · ${t("settings.since", { time: moment(settings.at) })}`)) : null,
      isBehind ? h("p", {}, inForce === null ? t("settings.holds.file")
        : t("settings.holds", { n: inForce })) : null,
      isSetBack ? h("p", {}, t("settings.reasons", { n: setback })) : null,
      isSetBack ? h("ul", { class: "setting-reasons" }, reasons.map(faultLine)) : null,
    ].filter(Boolean));
  }

  /** What the station is sent, with the prices that were agreed on. */
  drawSet() {
    const { wanted } = this.answer;
    this.set.replaceChildren(...(wanted.length ? wanted.map((section) => h("section", {
      "data-section": head(section) },
    h("h5", {}, sectionTitle(section), " ", h("code", { class: "soft" }, head(section))),
    h("dl", { class: "setting-values" },
      Object.entries(section.values).flatMap(([key, text]) => [
        h("dt", {}, keyTitle(section.section, key)), h("dd", {}, value(text)),
      ])))) : [h("p", { class: "soft" }, t("settings.none"))]));
  }

  drawHistory() {
    const shown = this.hasAll ? this.revisions : this.revisions.slice(0, -1);
    this.older.hidden = this.hasAll;
    const now = JSON.stringify(shown.map(({ revision }) => revision));
    if (now === this.historyShown) return;
    this.historyShown = now;
    const focused = document.activeElement.closest("[data-revision]")?.dataset.revision;
    const open = new Set([...this.history.querySelectorAll("[data-revision]:has([open])")]
      .map((row) => row.dataset.revision));
    this.history.replaceChildren(...(shown.length ? shown.map((revision, index) =>
      this.row(revision, this.revisions[index + 1]?.sections ?? [], index === 0,
        open.has(String(revision.revision))))
      : [h("li", { class: "soft" }, t("settings.history.none"))]));
    if (!focused) return;
    const row = this.history.querySelector(`[data-revision="${focused}"]`);
    (row?.querySelector("button") ?? row?.querySelector("summary"))?.focus({ preventScroll: true });
  }

  row(revision, before, isNewest, open) {
    const rows = differences(before, revision.sections);
    const title = t("settings.revision", { n: revision.revision });
    return h("li", { "data-revision": revision.revision },
      h("p", {}, h("strong", {}, title), ` · ${whose(revision)}`,
        h("span", { class: "soft" }, " · ", h("time", {}, moment(revision.at)))),
      rows.length ? h("details", { open }, h("summary", {},
        t("settings.changed", { n: rows.length })), differenceTable(rows)) : null,
      this.manages && !isNewest ? h("button", { type: "button", "data-setting": "restore",
        "aria-label": `${t("settings.restore")} (${title})`,
        onclick: () => this.editor.restore(revision) }, t("settings.restore")) : null);
  }
}
