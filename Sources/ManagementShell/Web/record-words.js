// Says in words what a record is about.

import { hasText, t } from "./texts.js";
import { alarmName } from "./station-parts.js";

/** The kinds by which records can be chosen, in the order of the list. */
export const kinds = [
  "entry-granted", "entry-refused", "refusals-counted", "passage", "door-opened", "door-closed",
  "door-locked", "exit-requested", "alarm-raised", "alarm-cleared", "started", "clock-stepped",
  "gap", "unreadable",
];

const details = {
  "entry-granted": (record) => t("event.entry-granted.detail", record),
  "entry-refused": (record) => {
    const reason = known(`denial.${record.reason}.title`, record.reason);
    return record.member
      ? `${reason} · ${t("event.entry-granted.detail", record)}` : reason;
  },
  "refusals-counted": (record) => t("event.refusals-counted.detail", record),
  "door-opened": (record) => known(`cause.open.${record.cause}`, record.cause),
  "door-locked": (record) => known(`cause.lock.${record.cause}`, record.cause),
  passage: (record) => t("event.passage.detail", {
    direction: known(`passage.${record.direction}`, record.direction), inside: record.inside,
  }),
  "alarm-raised": (record) => alarmName(record.alarm),
  "alarm-cleared": (record) => alarmName(record.alarm),
  started: (record) => t("event.started.detail", {
    boot: record.boot, version: record.version,
    ending: known(`ending.${record.after}`, record.after),
  }),
  "clock-stepped": (record) => t("event.clock-stepped.detail", { seconds: record.by / 1000 }),
  gap: (record) => t("event.gap.detail", {
    from: record.from, to: record.to, reason: known(`gap.${record.reason}`, record.reason),
  }),
};

/** What happened, in a few words. */
export function title(record) {
  return known(`event.${record.kind}`, t("event.unknown"));
}

/** Who, why or how much; empty where the title says all. */
export function detail(record) {
  return details[record.kind]?.(record) ?? "";
}

/** How a record is marked: what went well, what did not, what needs a look. */
export function mood(record) {
  if (record.kind === "alarm-raised" || record.kind === "gap") return "alarm";
  if (record.kind === "entry-refused" || record.kind === "refusals-counted") return "refused";
  return record.kind === "entry-granted" ? "granted" : "plain";
}

function known(key, fallback) {
  return hasText(key) ? t(key) : fallback;
}
