// Says in words what a record is about, why, and what that means for whoever reads it.

import { hasText, t } from "./texts.js";
import { alarmName } from "./station-parts.js";

/** The kinds by which records can be chosen, in the order of the list. */
export const kinds = [
  "entry-granted", "entry-refused", "refusals-counted", "passage", "passages-refused",
  "occupancy-corrected", "occupancy-day", "door-opened", "door-closed", "door-locked",
  "exit-requested", "mode-changed", "relay-switched", "exchange-intended",
  "exchange-dispensing", "exchange-ended", "exchange-refused", "exchange-refusals-counted",
  "slot-counted", "slot-quarantined", "slot-released", "alarm-raised", "alarm-cleared",
  "messages-refused", "started", "clock-stepped", "gap", "unreadable",
];

/** The kinds that say that something was turned away. */
export const refusalKinds = [
  "entry-refused", "refusals-counted", "messages-refused", "exchange-refused",
  "exchange-refusals-counted",
];

const details = {
  "entry-granted": (record) => record.note ? word("note", record.note) : "",
  "entry-refused": (record) => [
    word("denial", record.reason, ".title"), record.fault && word("fault", record.fault),
  ].filter(Boolean).join(" · "),
  "refusals-counted": (record) => t("event.refusals-counted.detail", record),
  "messages-refused": (record) =>
    `${word("message", record.reason)} · ${t("event.messages-refused.detail", record)}`,
  "door-opened": (record) => word("cause.open", record.cause),
  "door-locked": (record) => word("cause.lock", record.cause),
  "mode-changed": (record) => t("event.mode-changed.detail", {
    mode: word("mode", record.mode), cause: word("cause.mode", record.cause),
  }),
  passage: (record) => [
    t("event.passage.detail", {
      direction: word("passage", record.direction), inside: record.inside,
    }),
    record.tailgate && t("event.passage.tailgate"),
  ].filter(Boolean).join(" · "),
  "passages-refused": (record) => t("event.passages-refused.detail", record),
  "occupancy-corrected": (record) => t("event.occupancy-corrected.detail", {
    by: signed(record.by), inside: record.inside, cause: word("correction", record.cause),
  }),
  "occupancy-day": ({ day }) => t("event.occupancy-day.detail", {
    ...day, date: dayName(day.date), residual: signed(day.residual),
  }),
  "relay-switched": (record) => t(`event.relay-switched.${record.on ? "on" : "off"}`, {
    relay: word("relay", record.relay), cause: word("cause.relay", record.cause),
  }),
  "exchange-intended": (record) => t("event.exchange-intended.detail", record),
  "exchange-ended": (record) => [
    t("event.exchange-ended.detail", {
      ...record, outcome: word("exchange.outcome", record.outcome),
    }),
    record.reason && outcomeReason(record),
  ].filter(Boolean).join(" · "),
  "exchange-refused": (record) => [
    word("exchange.refusal", record.reason, ".title"), record.fault && word("fault", record.fault),
  ].filter(Boolean).join(" · "),
  "exchange-refusals-counted": (record) => t("event.exchange-refusals-counted.detail", record),
  "slot-counted": (record) => [
    t("event.slot-counted.detail", record),
    record.bestBefore && t("event.slot-counted.best-before", { date: dayName(record.bestBefore) }),
  ].filter(Boolean).join(" · "),
  "slot-quarantined": (record) => t("event.slot-quarantined.detail", {
    slot: record.slot, cause: word("machine.fault", record.cause),
  }),
  "slot-released": (record) => t("event.slot-released.detail", record),
  "alarm-raised": (record) => alarmName(record.alarm),
  "alarm-cleared": (record) => alarmName(record.alarm),
  started: (record) => t("event.started.detail", {
    boot: record.boot, version: record.version, ending: word("ending", record.after),
  }),
  "clock-stepped": (record) => t("event.clock-stepped.detail", { seconds: record.by / 1000 }),
  gap: (record) => t("event.gap.detail", {
    from: record.from, to: record.to, reason: word("gap", record.reason),
  }),
};

const meanings = {
  "entry-refused": (record) => record.fault && hasText(`fault.${record.fault}.meaning`)
    ? t(`fault.${record.fault}.meaning`) : word("denial", record.reason, ".meaning", ""),
  "refusals-counted": () => t("event.refusals-counted.meaning"),
  "messages-refused": (record) => word("message", record.reason, ".meaning", ""),
  "passages-refused": () => t("event.passages-refused.meaning"),
  "alarm-raised": (record) => word("alarm", record.alarm, ".advice", ""),
  gap: (record) => word("gap", record.reason, ".meaning", ""),
  unreadable: () => t("event.unreadable.meaning"),
};

/** What happened, in a few words. */
export function title(record) {
  return hasText(`event.${record.kind}`) ? t(`event.${record.kind}`) : t("event.unknown");
}

/** Why or how much; empty where the title says all. */
export function detail(record) {
  return details[record.kind]?.(record) ?? "";
}

/** What a manager makes of it, or does about it; empty where there is nothing to do. */
export function meaning(record) {
  return meanings[record.kind]?.(record) ?? "";
}

/** Who it was and which code, as far as it is known. */
export function facts(record) {
  return [
    record.member && t("event.member", record),
    record.with && word("credential", record.with),
    // Enough to tell two codes of one day apart.
    record.code && t("event.code", { code: String(record.code).slice(0, 8) }),
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

/** Why an exchange ended without a drop: a ground for a refusal, or what the machine said. */
function outcomeReason({ outcome, reason }) {
  return outcome === "refused"
    ? word("exchange.refusal", reason, ".title") : word("machine.fault", reason);
}

function signed(number) {
  return number > 0 ? `+${number}` : String(number);
}

/** 20261121 as 2026-11-21. */
function dayName(date) {
  return String(date).replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
}

/** The text of a word of one of the protocol's lists; the word itself where there is none. */
function word(list, value, part = "", fallback = value) {
  return hasText(`${list}.${value}${part}`) ? t(`${list}.${value}${part}`) : fallback;
}
