// The exchange machine in a station's panel: whether it sells, what is in it, what it took.

import { h } from "../../dom.js";
import { hasText, language, t } from "../../texts.js";
import { serviceNow } from "../../times.js";

const takingsDays = 7;
const dayLength = 86_400_000;

/** The machine as the station last told of it; null where it has told of none. */
export function machine(view) {
  const { vending } = view;
  if (!vending) return null;
  return h("section", { class: "machine", "data-part": "machine" },
    h("h3", {}, t("vending.title")),
    saleState(view),
    vending.slots.length ? table(t("vending.slots"),
      ["slot", "article", "price", "stock", "state"].map((key) => t(`vending.${key}`)),
      vending.slots.map((slot) => ({
        properties: { "data-slot": slot.slot, "data-state": state(slot).name },
        cells: [
          slot.slot, slot.article, slot.price,
          t("vending.of", { stock: slot.stock ?? "?", capacity: slot.capacity }),
          state(slot).words,
        ],
      }))) : h("p", { class: "soft" }, t("vending.no-slots")));
}

/** Whether it sells now: a station that is away says nothing of now, and sells nothing. */
function saleState({ vending, online }) {
  const { stop } = vending;
  const name = stop ? "stopped" : online === true ? "sells" : "not-known";
  return h("p", { class: "machine-state", "data-state": name },
    stop ? t("vending.stopped", { reason: word("exchange.refusal", stop, ".title") })
      : t(`vending.${name}`));
}

/** Why nothing comes out of a slot, the gravest first; `good` where something does. */
function state({ stock, bestBefore, quarantine }) {
  if (quarantine) {
    return {
      name: "quarantine",
      words: t("vending.quarantine", { cause: word("machine.fault", quarantine) }),
    };
  }
  const until = bestBefore && { date: dayName(bestBefore) };
  if (bestBefore && bestBefore < today()) {
    return { name: "out-of-date", words: t("vending.out-of-date", until) };
  }
  if (stock === null) return { name: "uncounted", words: t("vending.uncounted") };
  if (stock === 0) return { name: "empty", words: t("vending.empty") };
  return { name: "good", words: until ? t("vending.good-until", until) : t("vending.good") };
}

/** What the machine took in the last days: an answer of the service. */
export async function takings(api, station) {
  const answer = await api.takings(station, { days: takingsDays });
  if (!answer.takings.length) return h("p", { class: "soft" }, t("vending.takings.none"));
  const sum = answer.takings.reduce((total, { points }) => total + points, 0);
  const rows = [...answer.takings].reverse().map(({ day, article, count, points }) => ({
    properties: {}, cells: [dayOf(day), article, count, points],
  }));
  return h("div", { "data-part": "takings" },
    h("h3", {}, t("vending.takings")),
    table(t("vending.takings"),
      ["day", "article", "count", "points"].map((key) => t(`vending.${key}`)), rows),
    h("p", { class: "soft" }, t("vending.takings.sum", { n: sum })));
}

function table(caption, columns, rows) {
  return h("table", { class: "input-table" },
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map(({ properties, cells }) => h("tr", properties,
      cells.map((cell, index) =>
        h("td", { "data-column": columns[index] }, h("span", {}, String(cell))))))));
}

/** This day as 20261121, in the local time of whoever looks. */
function today() {
  const now = new Date(serviceNow());
  return now.getFullYear() * 10000 + (now.getMonth() + 1) * 100 + now.getDate();
}

function dayName(day) {
  return String(day).replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
}

/** A day counted from 1970-01-01, which is a day of the service's own calendar. */
function dayOf(number) {
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", {
    month: "short", day: "numeric", timeZone: "UTC",
  }).format(number * dayLength);
}

function word(list, value, part = "") {
  return hasText(`${list}.${value}${part}`) ? t(`${list}.${value}${part}`) : value;
}
