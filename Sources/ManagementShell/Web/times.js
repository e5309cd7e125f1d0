// Times of day and ages that tick, told by the service's clock rather than this computer's.

import { language, t } from "./texts.js";

let offset = 0;

/** Learns how far this computer's clock is off, from the Date header of an answer. */
export function learnServiceTime(header) {
  const time = Date.parse(header ?? "");
  // The header has whole seconds, and the answer was under way: less than 2 s is no difference.
  if (Number.isFinite(time)) offset = Math.abs(time - Date.now()) < 2000 ? 0 : time - Date.now();
}

/** Milliseconds since 1970 as the service has them. */
export function serviceNow() {
  return Date.now() + offset;
}

/** How long ago, in one unit: "3 min". */
export function age(since) {
  const seconds = Math.max(0, Math.floor((serviceNow() - since) / 1000));
  if (seconds < 60) return t("age.seconds", { n: seconds });
  if (seconds < 3600) return t("age.minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 172800) return t("age.hours", { n: Math.floor(seconds / 3600) });
  return t("age.days", { n: Math.floor(seconds / 86400) });
}

export function clockTime(milliseconds) {
  return format(milliseconds, {});
}

/** The time of day, with the date where it is not today's. */
export function moment(milliseconds) {
  const day = (time) => new Date(time).toDateString();
  return day(milliseconds) === day(serviceNow())
    ? format(milliseconds, {}) : format(milliseconds, { month: "short", day: "numeric" });
}

/** Makes an element tell an age and keep telling it: `key` has the parameter `age`. */
export function tick(element, key, since) {
  element.dataset.tick = key;
  element.dataset.since = since;
  element.textContent = t(key, { age: age(since) });
  return element;
}

/** Brings every ticking age of the document up to date. */
export function tickAll() {
  for (const element of document.querySelectorAll("[data-tick]")) {
    const text = t(element.dataset.tick, { age: age(Number(element.dataset.since)) });
    if (element.textContent !== text) element.textContent = text;
  }
}

function format(milliseconds, more) {
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", ...more,
  }).format(milliseconds);
}
