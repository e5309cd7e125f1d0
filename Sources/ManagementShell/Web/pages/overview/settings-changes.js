// Changes of settings as data: a draft of several keys, and what differs between two revisions.

import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { head, keyTitle, sectionTitle, value } from "./settings-words.js";

/** The keys of sections, one by one. */
function entries(sections) {
  return sections.flatMap(({ section, name = null, values }) =>
    Object.entries(values).map(([key, value]) => ({ section, name, key, value })));
}

const mark = ({ section, name, key }) => JSON.stringify([section, name ?? null, key]);

/** Every key that has another value after than before; null is what is not set. */
export function differences(before, after) {
  const all = new Map();
  for (const { value, ...at } of entries(before)) all.set(mark(at), { ...at, before: value, after: null });
  for (const { value, ...at } of entries(after)) {
    all.set(mark(at), { before: null, ...all.get(mark(at)), ...at, after: value });
  }
  return [...all.values()].filter(({ before, after }) => before !== after);
}

/** What is set of one key; null where nothing is. */
export function valueOf(sections, at) {
  return entries(sections).find((entry) => mark(entry) === mark(at))?.value ?? null;
}

/** Keys with the values that somebody wants; each is there once. */
export class Draft {
  constructor() {
    this.changes = new Map();
  }

  get size() {
    return this.changes.size;
  }

  get list() {
    return [...this.changes.values()];
  }

  set(change) {
    this.changes.set(mark(change), change);
  }

  remove(change) {
    this.changes.delete(mark(change));
  }

  clear() {
    this.changes.clear();
  }

  /** Becomes what leads from some settings to others. */
  lead(before, after) {
    this.clear();
    for (const { section, name, key, after: value } of differences(before, after)) {
      this.set({ section, name, key, value });
    }
  }

  /** The draft as the service takes it: each section once. */
  get sections() {
    const sections = new Map();
    for (const { section, name, key, value } of this.list) {
      const title = head({ section, name });
      const known = sections.get(title) ?? { section, ...(name && { name }), values: {} };
      known.values[key] = value;
      sections.set(title, known);
    }
    return [...sections.values()];
  }
}

/** What would be another, or was: a row for each key with its value before and after. */
export function differenceTable(rows) {
  const columns = ["key", "before", "after"].map((name) => t(`settings.${name}`));
  const cell = (index, ...words) =>
    h("td", { "data-column": columns[index] }, h("span", {}, ...words));
  return h("table", { class: "input-table setting-changes" },
    h("caption", { class: "unseen" }, t("settings.changes")),
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", { "data-key": row.key },
      cell(0, h("span", { class: "soft" }, sectionTitle(row), " "),
        h("code", {}, head(row)), h("br"), keyTitle(row.section, row.key)),
      cell(1, value(row.before)), cell(2, value(row.after))))));
}
