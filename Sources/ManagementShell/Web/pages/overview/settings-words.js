// Settings in words: sections and keys by their names, values, and what is found wrong with them.

import { h } from "../../dom.js";
import { hasText, t } from "../../texts.js";

const textOr = (key, fallback) => (hasText(key) ? t(key) : fallback);

/** A section's head as files have it: `[slot 3]`. */
export function head({ section, name }) {
  return `[${section}${name ? ` ${name}` : ""}]`;
}

/** The section's name for people: "Slot 3". */
export function sectionTitle({ section, name }) {
  const title = textOr(`setting.${section}`, section);
  return name ? `${title} ${name}` : title;
}

export function keyTitle(section, key) {
  return textOr(`setting.${section}.${key}`, key);
}

/** What a key is for: the catalogue's words, else the service's own. */
export function meaning(section, { key, meaning }) {
  const text = `setting.${section}.${key}.about`;
  return hasText(text) ? h("span", {}, t(text)) : h("span", { lang: "en" }, meaning);
}

/** A key with its section, as one line: "Entry · Most people inside". */
export function place({ section, name, key }) {
  return `${sectionTitle({ section, name })} · ${keyTitle(section, key)}`;
}

/** A value as it is read: null is what the service does not set, "" what it takes out. */
export function value(text) {
  if (text === null) return t("settings.from-file");
  return text === "" ? t("settings.cleared") : text;
}

/** Who wanted a revision, and why; new prices make one by themselves. */
export function whose({ by, reason }) {
  return t("settings.by", { by, reason: reason === "another price was agreed"
    ? t("settings.repriced") : reason });
}

/** The words that a key takes one of; none where it takes others. */
export function choices({ expects }) {
  const [, words] = expects.match(/^one of (.+)$/) ?? [];
  return words?.split(", ") ?? [];
}

export function isCount({ expects }) {
  return /^a number from \d/.test(expects);
}

/** The service's sentences about what a key expects, with the texts that say the same. */
const forms = [
  [/^a number from (?<from>\S+) to (?<to>\S+) ?(?<unit>.*)$/, "number"],
  [/^a time from (?<from>.+) to (?<to>.+)$/, "time"],
  [/^one of (?<words>.+)$/, "choice"],
  [/^1 to (?<most>\d+) characters without controls$/, "line"],
  [/^the name of an article$/, "article"],
  [/^some text$/, "text"],
];

/** What a key expects, in words; the service's own where it says something new. */
export function expected(form) {
  return translated(forms, "settings.expects", form) ?? form;
}

/** What the service and stations find wrong, with the texts that say the same. */
const faults = [
  [/^"[^"]+" expects (?<form>.+), not "(?<value>.*)"$/, "expects"],
  [/ lacks its key "(?<key>[^"]+)"$/, "lacks"],
  [/is no .+ for \[(?<section>[a-z-]+)\], as (?<example>.+) is$/, "name"],
  [/^no price was agreed for this slot/, "unpriced"],
  [/^there is no \[article (?<article>.+)\]$/, "article"],
  [/^the board has no (?<part>\[.+\])$/, "part"],
  [/^(?:"[a-z-]+": )?"(?<part>.*)": (?:neither a day|hours are missing|an entry is empty)/, "hours"],
  [/^(?:"[a-z-]+": )?"(?<part>.*)": no date, as/, "date"],
  [/^(?:"[a-z-]+": )?"(?<part>.*)": begins and ends at once/, "moment"],
  [/^(?:"[a-z-]+": )?"(?<part>.*)": a range of dates/, "range"],
  [/^no access point has a program that goes by it/, "program"],
  [/^\[access-point (?<n>\d)\] has the program (?<program>\S+), which needs "free-hours"$/, "free"],
  [/^a door would be held open while it is still released/, "held-open"],
  [/^a lock that is rated for pulses burns/, "pulses"],
  [/^reservations stand in the member list/, "reservation"],
  [/^anti-passback goes by who passes: \[access-point (?<n>\d)\]/, "beams"],
  [/^with hard anti-passback .+\[access-point (?<n>\d)\] needs a reader/, "exit-reader"],
  [/^a machine needs at least one \[slot 1\]/, "no-slots"],
  [/^"[a-z-]+" needs [a-z-]+ = yes$/, "quantity"],
  [/^"[a-z-]+" is not more than (?<n>.+) above "[a-z-]+"$/, "close"],
  [/^a notice needs "notice-chinese" and "notice-english"$/, "notice"],
  [/^the first alarm comes before the second$/, "order"],
  [/^the alarm (?<alarm>[a-z-]+) was raised$/, "alarm"],
  [/^the broker is not reached any more$/, "broker"],
  [/^the settings are larger than/, "large"],
  [/^and (?<n>\d+) more$/, "more"],
];

/** A fault as a line of a list: its place first, where it has one. */
export function faultLine({ place: where, key, text }) {
  const [, section, name] = where?.match(/^\[(\S+?)(?: (.+))?\]$/) ?? [];
  const place = section && [sectionTitle({ section, name }), key && keyTitle(section, key)]
    .filter(Boolean).join(" · ");
  const words = translated(faults, "settings.fault", text, section);
  return h("li", {}, place ? h("strong", {}, place) : null, place ? " " : null,
    words ? h("span", {}, words) : h("span", { lang: "en" }, text));
}

function translated(patterns, list, text, section) {
  for (const [pattern, name] of patterns) {
    const found = pattern.exec(text);
    if (found) return t(`${list}.${name}`, inWords({ ...found.groups }, section));
  }
  return null;
}

/** What stands in a sentence of the service, in words of its own. */
function inWords(groups, section) {
  const { unit, form, alarm, key } = groups;
  return {
    ...groups,
    ...(unit && { unit: textOr(`settings.unit.${unit}`, unit) }),
    ...(form && { form: expected(form) }),
    ...(alarm && { alarm: textOr(`alarm.${alarm}`, alarm) }),
    ...(key && { key: keyTitle(section, key) }),
  };
}
