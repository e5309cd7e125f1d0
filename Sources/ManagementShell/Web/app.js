// The dashboard: signs in, keeps all stations up to date from the stream, and shows them.

import { readAddress } from "./address.js";
import { API, problem } from "./api.js";
import { Detail } from "./detail.js";
import { EventsPage } from "./events-page.js";
import { Fleet } from "./fleet.js";
import { OldHolds } from "./old-holds.js";
import { forgetOrders } from "./order-form.js";
import { Overview } from "./overview.js";
import { PointsPage } from "./points-page.js";
import { RefusedInput } from "./refused-input.js";
import { loadTexts, switchLanguage, t, translate } from "./texts.js";
import { clockTime, serviceNow, tickAll } from "./times.js";

const find = (id) => document.getElementById(id);
const tokenKey = "token";
const pages = ["overview", "events", "points"];

/** All that exists while somebody is signed in. */
class Session {
  constructor(token) {
    this.api = new API(token);
    this.fleet = new Fleet();
    this.input = new RefusedInput(this.api, () => {
      if (!this.isLoaded) return;
      this.overview.renderInput();
      this.events.showInput();
    });
    this.overview = new Overview(
      this.fleet, this.input, (id) => (location.hash = `#/station/${id}`));
    this.events = new EventsPage(find("events"), this.api, this.fleet, this.input);
    this.holds = new OldHolds(this.api, find("points-mark"));
    this.points = new PointsPage(
      find("points"), this.api, this.fleet, () => this.holds.read());
    this.detail = new Detail(find("detail"), this.api, () => {
      if (location.hash.startsWith("#/station/")) {
        history.pushState(null, "", location.pathname);
      }
    });
    this.heard = null;
    this.isLost = false;
    this.isLoaded = false;
    showConnection("dashboard.connecting");
    this.stream = this.api.stream({
      onOpen: () => this.load(),
      onAlive: () => (this.heard = serviceNow()),
      onEvent: (event) => this.take(event),
      onDown: () => this.lose(),
      onRefused: async (answer) => signOut((await problem(answer)).text),
    });
  }

  /** Reads the whole list each time the stream is up: only records are resumed, not states. */
  async load() {
    this.fleet.hold();
    try {
      this.fleet.replace(await this.api.stations());
    } catch (problem) {
      if (problem.status === 401 || problem.status === 403) return signOut(problem.text);
      // Without the list the stream is of no use: begin again.
      return this.stream.abort.abort();
    }
    this.heard = serviceNow();
    this.isLost = false;
    this.isLoaded = true;
    find("connection").hidden = true;
    this.overview.render();
    if (this.detail.isOpen) this.detail.load();
    this.events.resume();
    this.followAddress();
  }

  take({ name, data }) {
    const value = JSON.parse(data);
    if (name === "record") {
      this.detail.add(value);
      this.events.add(value);
    }
    if (name !== "station" || !this.fleet.update(value)) return;
    this.overview.update(value);
    this.detail.show(value);
    this.events.rename(value);
  }

  lose() {
    this.isLost = true;
    if (this.heard) showConnection("dashboard.connection-lost", { time: clockTime(this.heard) });
    else showConnection(null);
  }

  /** Shows the page that the address names, and opens or closes the panel of a station. */
  followAddress() {
    if (!this.isLoaded) return;
    const { page, station, filter, member } = readAddress(location.hash);
    for (const name of pages) find(name).hidden = name !== page;
    for (const link of document.querySelectorAll("#pages a")) {
      if (link.dataset.page === page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const view = this.fleet.stations.get(station);
    if (view && this.detail.station !== station) this.detail.open(view);
    else if (!view && this.detail.isOpen) find("detail").close();
    if (page === "events") this.events.open(filter);
    else this.events.close();
    if (page === "points") this.points.open(member);
    else this.points.close();
  }

  translate() {
    if (this.isLost) this.lose();
    this.overview.render();
    this.detail.translate();
    this.events.translate();
    this.points.translate();
    this.holds.show();
  }

  end() {
    this.stream.close();
    this.input.stop();
    this.holds.stop();
    this.events.close();
    this.points.close();
    if (this.detail.isOpen) find("detail").close();
  }
}

let session = null;

function showConnection(key, parameters) {
  find("connection").textContent = key ? t(key, parameters) : t("problem.network");
  find("connection").dataset.state = key === "dashboard.connecting" ? "waiting" : "lost";
  find("connection").hidden = false;
}

function signIn(token) {
  sessionStorage.setItem(tokenKey, token);
  find("login").hidden = true;
  find("sign-out").hidden = false;
  find("pages").hidden = false;
  session = new Session(token);
}

function signOut(problem = "") {
  session?.end();
  session = null;
  sessionStorage.removeItem(tokenKey);
  forgetOrders();
  for (const id of [...pages, "pages", "connection", "no-link", "notices", "sign-out"]) find(id).hidden = true;
  find("login").hidden = false;
  find("login-problem").textContent = problem;
  find("token").focus();
}

/**
 * Moves a token from the address to the tab's memory, so that it is not seen or shared:
 * `#token=…`, or `#/events?token=…` to begin on another page.
 */
function tokenFromAddress() {
  const [, path, query] = location.hash.match(/^#(\/[^?]*)?\??(.*)$/) ?? [];
  const parameters = new URLSearchParams(query);
  const token = parameters.get("token");
  if (!token) return null;
  parameters.delete("token");
  const rest = path ? `#${path}${parameters.size ? `?${parameters}` : ""}` : "";
  history.replaceState(null, "", location.pathname + rest);
  return token;
}

function showTexts() {
  translate();
  document.title = t("dashboard.title");
  find("language").lang = document.documentElement.lang === "zh" ? "en" : "zh";
}

find("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = find("token").value.trim();
  find("token").value = "";
  // A header carries ASCII alone; anything else cannot be a token.
  if (/^[\x21-\x7e]+$/.test(token)) signIn(token);
  else find("login-problem").textContent = t("problem.unauthorized");
});
find("sign-out").addEventListener("click", () => signOut());
find("skip").addEventListener("click", (event) => {
  // The address names a page, not a place on it.
  event.preventDefault();
  const main = [...document.querySelectorAll("main")].find((element) => !element.hidden);
  (main?.querySelector("[tabindex]") ?? main?.querySelector("input"))?.focus();
});
find("language").addEventListener("click", async () => {
  await switchLanguage();
  showTexts();
  session?.translate();
});
addEventListener("hashchange", () => {
  const token = tokenFromAddress();
  if (token) {
    signOut();
    signIn(token);
  } else {
    session?.followAddress();
  }
});
addEventListener("popstate", () => session?.followAddress());
addEventListener("online", () => session?.stream.hurry());
setInterval(() => {
  tickAll();
  find("clock").textContent = clockTime(serviceNow());
}, 1000);

await loadTexts();
showTexts();
const token = tokenFromAddress() ?? sessionStorage.getItem(tokenKey);
if (token) signIn(token);
else signOut();
