// The pieces of a station that tiles and the detail both show: presence, doors, alarms.

import { h } from "./dom.js";
import { hasText, t } from "./texts.js";
import { tick } from "./times.js";

/** Whether the station is there, and for how long it has not been; the service may not know. */
export function presence(view) {
  const since = view.since ?? view.lastHeard;
  const state = presenceState(view, since);
  const words = h("span", {});
  if (state === "offline") tick(words, "station.offline", since);
  else words.textContent = t(`station.${state}`);
  return h("p", { class: "presence", "data-state": state }, words);
}

/** Who took the station out of use, and why. */
export function retirement(view) {
  return view.retired
    ? h("p", { class: "caveat" }, t("station.retired", view.retired)) : null;
}

function presenceState(view, since) {
  if (view.online === null) return "unknown";
  if (view.online) return "online";
  return since === null ? "never" : "offline";
}

/** The alarms that say the same as a door's alarm state. */
const alarmsOf = {
  "door-open-too-long": ["held-open"], "forced-open": ["forced-open"], tamper: ["tamper"],
  "door-fault": ["lines-lost", "strike-fault", "contact-fault"], "lock-down": ["lock-down"],
  "egress-open": ["fire"],
};

/** What is told to a lock that says nothing of itself, what it says where it does. */
function lockChip(door) {
  return door.lock === "unused"
    ? chip(door.command, `door.command.${door.command}`)
    : chip(door.lock, `door.lock.${door.lock}`);
}

/** One line per access point: lock, leaf, mode, and what is wrong unless an alarm says so. */
export function doors(view) {
  const isSaid = (door) => door.alarm === "normal"
    || (door.alarm === "free-access" && door.mode === "free-access")
    || view.alarms.some(({ alarm, accessPoint }) =>
      [door.accessPoint, null].includes(accessPoint) && alarmsOf[door.alarm]?.includes(alarm));
  return h("ul", { class: "doors", "aria-label": t("station.doors") },
    view.doors.map((door) => h("li", {},
      h("span", { class: "door-name" }, t("door.name", { n: door.accessPoint })),
      lockChip(door),
      chip(door.door, `door.leaf.${door.door}`),
      door.mode === "code-only" ? null : chip(door.mode, `mode.${door.mode}`),
      isSaid(door) ? null : chip("alarm", `door.alarm.${door.alarm}`))));
}

/** An alarm in words, with its age ticking. */
export function alarmLine(alarm) {
  return h("p", { class: "alarm-line", "data-severity": alarm.severity },
    h("strong", {}, alarmName(alarm.alarm)),
    alarm.accessPoint ? h("span", {}, t("door.name", { n: alarm.accessPoint })) : null,
    tick(h("span", {}), "station.alarm.since", alarm.since));
}

export function alarmName(alarm) {
  return hasText(`alarm.${alarm}`) ? t(`alarm.${alarm}`) : t("station.alarm");
}

/** How many are inside, and of how many, where the room has a limit. */
export function inside(view) {
  const { inside, capacity } = view.occupancy ?? {};
  return figure(
    t("station.inside"), capacity ? t("station.capacity", { inside, capacity }) : inside, "big");
}

/** A number with its name; what is not known is a dash, never a zero. */
export function figure(name, value, kind = "") {
  return h("div", { class: `figure ${kind}` },
    h("span", { class: "value" }, value ?? "–"), h("span", { class: "name" }, name));
}

/** What qualifies the station's figures: they are old, unconfirmed, or by a wrong clock. */
export function caveats(view) {
  const keys = [
    view.online !== true && view.lastHeard !== null && "station.last-known",
    !view.occupancy && "station.no-count",
    view.occupancy?.stale && "station.stale",
    view.clockTrusted === false && "station.clock-untrusted",
  ].filter(Boolean);
  return keys.length ? h("p", { class: "caveat" }, keys.map((key) => t(key)).join(" · ")) : null;
}

function chip(state, key) {
  return h("span", { class: "chip", "data-state": state }, hasText(key) ? t(key) : state);
}
