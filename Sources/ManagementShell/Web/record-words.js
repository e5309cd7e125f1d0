// Says in words what a record is about, why, and what that means for whoever reads it.
//
// The words are data: `record.KIND` in the catalogues is the title of a kind, `record.KIND.detail`
// says why or how much, `record.KIND.meaning` what to make of it. A new kind needs these, and nothing
// here. In such a text
//
//   {name}              is the record's member, {day.in} a member of a member
//   {name|word.*|...}   the text of the first key that exists with the value in place of the star;
//                       else the value itself, or nothing where the list ends with a bar
//   {name|signed}       the value as one of `formats` writes it
//   {one|...;other|...} the first of them that says anything
//   [...]               left out where a member in it has nothing to say

import { hasText, keys, t } from "./texts.js";

/** The kinds that are offered first, in this order; all others follow by their names. */
const first = [
  "entry-granted", "entry-refused", "refusals-counted", "passage", "passages-refused",
  "occupancy-corrected", "occupancy-day", "door-opened", "door-closed", "door-locked",
  "exit-requested", "mode-changed", "relay-switched", "exchange-intended",
  "exchange-dispensing", "exchange-ended", "exchange-refused", "exchange-refusals-counted",
  "slot-counted", "slot-quarantined", "slot-released", "alarm-raised", "alarm-cleared",
  "messages-refused", "started", "clock-stepped", "gap", "unreadable",
];

/** The kinds by which records can be chosen. */
export function kinds() {
  const known = keys().filter((key) => /^record\.[a-z-]+$/.test(key)).map((key) => key.slice(7));
  return [...first, ...known.filter((kind) => !first.includes(kind))];
}

/** The kinds that say that something was turned away. */
export const refusalKinds = [
  "entry-refused", "refusals-counted", "messages-refused", "exchange-refused",
  "exchange-refusals-counted",
];

const formats = {
  signed: (number) => number > 0 ? `+${number}` : String(number),
  // 20261121 as 2026-11-21.
  date: (date) => String(date).replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3"),
  thousandth: (number) => String(number / 1000),
};

/** What happened, in a few words. */
export function title(record) {
  return hasText(`record.${record.kind}`) ? t(`record.${record.kind}`) : t("event.unknown");
}

/** Why or how much; empty where the title says all. */
export function detail(record) {
  return filled(`record.${record.kind}.detail`, record);
}

/** What a manager makes of it, or does about it; empty where there is nothing to do. */
export function meaning(record) {
  return filled(`record.${record.kind}.meaning`, record);
}

function filled(key, record) {
  if (!hasText(key)) return "";
  const place = /\{([^{}]+)\}/g;
  return t(key)
    .replace(/\[([^\][]*)\]/g, (whole, part) =>
      [...part.matchAll(place)].every(([, spec]) => said(spec, record)) ? part : "")
    .replace(place, (whole, spec) => said(spec, record));
}

/** What stands for one place of a text; empty where the record has nothing to say there. */
function said(spec, record) {
  for (const choice of spec.split(";")) {
    const [path, ...ways] = choice.split("|");
    const value = path.split(".").reduce((part, name) => part?.[name], record);
    const text = value === undefined || value === null ? "" : worded(value, ways);
    if (text) return text;
  }
  return "";
}

function worded(value, ways) {
  for (const way of ways) {
    if (!way) return "";
    if (Object.hasOwn(formats, way)) return formats[way](value);
    const key = way.replace("*", () => value);
    if (hasText(key)) return t(key);
  }
  return String(value);
}

/** The member whom a record names; empty where it names none. */
export function whose(record) {
  return record.member ? t("event.member", record) : "";
}

/** With what somebody came and which code it was, as far as that is known. */
export function facts(record) {
  return [
    filled("event.with", record),
    // Enough to tell two codes of one day apart.
    record.code && t("event.code", { code: String(record.code).slice(0, 8) }),
    record.credential && t("event.code", { code: record.credential }),
  ].filter(Boolean);
}

/** How a record is marked: what went well, what did not, what needs a look. */
export function mood(record) {
  if (["alarm-raised", "gap", "slot-quarantined"].includes(record.kind)) return "alarm";
  if (refusalKinds.includes(record.kind) || record.kind === "unreadable") return "refused";
  if (record.kind === "exchange-ended") {
    return record.outcome === "dispensed" ? "granted" : "refused";
  }
  return record.kind === "entry-granted" ? "granted" : "plain";
}
