// Keeps the page in step with the simulated board and sends what the person does to it.

import { AccessPoint } from "./access-point.js";
import { Log } from "./log.js";
import { Machine } from "./machine.js";
import { Room } from "./room.js";
import { language, loadTexts, setLanguage, t, textIn } from "./texts.js";

const find = (id) => document.getElementById(id);
const points = new Map();
const log = new Log(find("log"), find("only-codes"));
let room = null;
let machine = null;
let state = null;

/** Sends an order to the board; answers with null or with the text of what went wrong. */
async function send(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return t("board.lost");
  }
  if (answer.ok) return null;
  const { error } = await answer.json().catch(() => ({}));
  const key = `board.refused.${error}`;
  return textIn(language(), key) === key ? t("board.refused.unknown") : t(key);
}

function takeState(next) {
  room.show(next.room);
  if (next.machine) showMachine(next);
  for (const point of next.accessPoints) {
    const number = point.accessPoint;
    if (!points.has(number)) {
      const view = new AccessPoint(number, send);
      points.set(number, view);
      find("access-points").append(view.element);
    }
    const before = state?.accessPoints.find((other) => other.accessPoint === number);
    if (before) noteChanges(number, before, point);
    points.get(number).show(point, next);
  }
  state = next;
  showHeader();
}

/** Few stations have an exchange machine. */
function showMachine(next) {
  if (!machine) {
    machine = new Machine(send);
    find("machine").append(machine.element);
  }
  machine.show(next);
}

function noteChanges(number, before, now) {
  if (before.leaf !== now.leaf) log.add(number, `board.log.contact.${now.leaf}`);
  if (!before.exit && now.exit) log.add(number, "board.log.exit");
}

function showHeader() {
  find("title").textContent = state?.name || t("board.title");
  document.title = find("title").textContent;
  find("daemon").textContent = t(state?.daemon ? "board.daemon.on" : "board.daemon.off");
  find("daemon").dataset.state = state?.daemon ? "on" : "off";
  find("language").textContent = t("dashboard.language");
  find("language").lang = language() === "zh" ? "en" : "zh";
  find("lost").textContent = t("board.lost");
  find("log-title").textContent = t("board.log");
  find("only-codes-name").textContent = t("board.log.only-codes");
}

function listen() {
  const source = new EventSource("events");
  const on = (name, take) =>
    source.addEventListener(name, (event) => take(JSON.parse(event.data)));
  source.addEventListener("open", () => (find("lost").hidden = true));
  source.addEventListener("error", () => {
    find("lost").hidden = false;
    // A browser gives up on its own after some errors; the board may be back all the same.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
  on("state", takeState);
  on("show", (message) => points.get(message.accessPoint)?.tell(message));
  on("presented", (presentation) => {
    log.present(presentation);
    points.get(presentation.accessPoint)?.present(presentation);
  });
  on("output", ({ accessPoint, line, level }) => {
    if (accessPoint) log.add(accessPoint, `board.log.strike.${level ? "on" : "off"}`);
    else log.add(null, `board.log.${line}.${level ? "on" : "off"}`);
  });
}

find("language").addEventListener("click", () => {
  setLanguage(language() === "zh" ? "en" : "zh");
  showHeader();
  log.render();
  for (const point of points.values()) point.translate();
  room.translate();
  machine?.translate();
});

await loadTexts();
room = new Room(send);
find("room").append(room.element);
showHeader();
log.render();
listen();
