// The fields by which one setting is chosen and gets a value: section, name, key, and what is wanted.

import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { choices, expected, head, isCount, keyTitle, meaning, sectionTitle, value }
  from "./settings-words.js";
import { valueOf } from "./settings-changes.js";

/** Prices are agreed on as points, and come to the station with its settings. */
const isElsewhere = ({ section }, { key }) => section === "slot" && key === "price";

/** What is changed most: the button's text, and where it leads. */
const shortcuts = [
  ["hours", "entry", "opening-hours"], ["capacity", "entry", "capacity"],
  ["slot", "slot", "article"],
];

/** Values to begin with, by key: a text to amend is easier than an empty field. */
const examples = {
  "opening-hours": ["always", "06:00-22:00", "mon-fri 06:00-22:00, sat-sun 08:00-20:00"],
  "free-hours": ["never", "08:00-18:00", "mon-fri 08:00-18:00"],
};

/** The form that adds one change to a draft. `known` says what holds: `{sections, view}`. */
export class Fields {
  constructor(keys, known, add) {
    this.keys = keys;
    this.known = known;
    this.add = add;
    this.names = h("datalist", { id: "setting-names" });
    this.section = h("select", { name: "section", onchange: () => this.drawKeys() },
      keys.map((section) => h("option", { value: section.section }, sectionTitle(section))));
    this.name = h("input", { name: "name", list: "setting-names", maxlength: 48, autocomplete: "off",
      pattern: "[a-z0-9\\-]+", title: t("settings.name.form"), oninput: () => this.tellNow() });
    this.nameField = field(t("settings.name"), this.name);
    this.key = h("select", { name: "key", onchange: () => this.drawValue() });
    this.effect = h("select", { name: "effect", onchange: () => this.drawEffect() },
      ["set", "take-out", "clear"].map((effect) =>
        h("option", { value: effect }, t(`settings.${effect}`))));
    this.value = h("div", { class: "setting-value" });
    this.about = h("p", { id: "setting-about" });
    this.now = h("p", { class: "soft" });
    this.note = h("p", { class: "caveat" });
    this.element = h("form", { class: "setting-fields", "data-setting": "add",
      onsubmit: (event) => this.submit(event) },
    h("div", { class: "order-row" }, h("span", {}, t("settings.often")),
      shortcuts.map(([text, section, key]) => h("button", { type: "button",
        "data-shortcut": text, onclick: () => this.lead(section, key) },
      t(`settings.often.${text}`)))),
    field(t("settings.section"), this.section), this.names, this.nameField, this.note,
    field(t("settings.key"), this.key), this.about,
    field(t("settings.effect"), this.effect), this.value, this.now,
    h("button", { type: "submit" }, t("settings.add")));
    this.drawKeys();
  }

  get at() {
    const section = this.chosen.section;
    return { section, name: this.chosen.isNamed ? this.name.value.trim() : null,
      key: this.key.value };
  }

  get chosen() {
    return this.keys.find(({ section }) => section === this.section.value);
  }

  get chosenKey() {
    return this.chosen.keys.find(({ key }) => key === this.key.value);
  }

  /** Goes to a key that is wanted often; the name, where it has one, comes first. */
  lead(section, key) {
    this.section.value = section;
    this.drawKeys();
    this.key.value = key;
    this.drawValue();
    (this.chosen.isNamed ? this.name : this.input).focus();
  }

  drawKeys() {
    const { chosen } = this;
    this.nameField.hidden = !chosen.isNamed;
    this.name.required = chosen.isNamed;
    this.name.value = "";
    this.names.replaceChildren(...this.namesOf(chosen).map((name) => h("option", { value: name })));
    this.key.replaceChildren(...chosen.keys.filter((key) => !isElsewhere(chosen, key))
      .map(({ key }) => h("option", { value: key }, keyTitle(chosen.section, key))));
    this.note.hidden = !chosen.isList;
    this.note.replaceChildren(...(chosen.isList
      ? [t("settings.list", { section: head(chosen) }), " "] : []),
    ...(chosen.section === "slot"
      ? [t("settings.prices"), " ", h("a", { href: "#/points" }, t("points.title"))] : []));
    this.drawValue();
  }

  /** The names that there are: of what the service sets, and of what the station has. */
  namesOf({ section }) {
    const { sections, view } = this.known();
    const there = {
      "access-point": view.doors.map(({ accessPoint }) => accessPoint),
      slot: view.vending?.slots.map(({ slot }) => slot),
      article: view.vending?.slots.map(({ article }) => article),
      thermometer: view.climate?.sensors.map(({ sensor }) => sensor),
    }[section] ?? [];
    const set = sections.filter((one) => one.section === section).map(({ name }) => name);
    return [...new Set([...set, ...there.map(String)])];
  }

  drawValue() {
    const { chosen, chosenKey: key } = this;
    const words = choices(key);
    this.input = words.length
      ? h("select", { name: "value", "aria-describedby": "setting-about" },
        words.map((word) => h("option", { value: word }, word)))
      : h("input", { name: "value", autocomplete: "off", maxlength: 8192,
        placeholder: key.standard ?? "", inputmode: isCount(key) ? "numeric" : null,
        "aria-describedby": "setting-about" });
    this.about.replaceChildren(meaning(chosen.section, key), " ",
      h("span", { class: "soft" }, [
        key.expects !== "some text" && t("settings.expects", { form: expected(key.expects) }),
        key.standard && t("settings.standard", { value: key.standard })].filter(Boolean).join(" ")));
    const begin = examples[key.key] ?? (key.key === "article"
      ? this.namesOf({ section: "article" }) : []);
    this.value.replaceChildren(field(t("settings.value"), this.input),
      ...(begin.length ? [h("div", { class: "order-row setting-examples" },
        h("span", { class: "soft" }, t("settings.examples")),
        begin.map((text) => h("button", { type: "button", onclick: () => this.begin(text) }, text)),
      )] : []));
    this.effect.value = "set";
    this.drawEffect();
  }

  begin(text) {
    this.input.value = text;
    this.input.focus();
  }

  drawEffect() {
    const isSet = this.effect.value === "set";
    this.value.hidden = !isSet;
    this.input.required = isSet;
    this.tellNow();
  }

  /** Tells what holds of the chosen key, which may be another by now. */
  tellNow() {
    const { at } = this;
    this.now.hidden = this.chosen.isNamed && at.name === "";
    this.now.textContent = t("settings.now", { value: value(valueOf(this.known().sections, at)) });
  }

  submit(event) {
    event.preventDefault();
    const wanted = { set: this.input.value.trim(), "take-out": null, clear: "" }[this.effect.value];
    this.add({ ...this.at, value: wanted });
    this.drawValue();
    this.key.focus();
  }
}

export function field(label, input) {
  return h("label", { class: "field" }, h("span", {}, label), input);
}
