// The dashboard: signs in, keeps all stations up to date from the stream, and shows them.

import { readAddress } from "./address.js";
import { API, problem } from "./api.js";
import { h } from "./dom.js";
import { Fleet } from "./fleet.js";
import { pages } from "./pages.js";
import { RefusedInput } from "./refused-input.js";
import { loadTexts, switchLanguage, t, translate } from "./texts.js";
import { clockTime, serviceNow, tickAll } from "./times.js";

const find = (id) => document.getElementById(id);
const tokenKey = "token";

/** All that exists while somebody is signed in. */
class Session {
  constructor(token) {
    this.api = new API(token);
    this.fleet = new Fleet();
    this.input = new RefusedInput(this.api, () => {
      if (this.isLoaded) this.tell("inputRead");
    });
    this.pages = new Map(pages.map((page) => [page, page.make(find(page.name), this)]));
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
    this.tell("listed");
    this.followAddress();
  }

  /** Tells every page that wants to know. */
  tell(what, ...values) {
    for (const page of this.pages.values()) page[what]?.(...values);
  }

  take({ name, data }) {
    const value = JSON.parse(data);
    if (name === "record") this.tell("add", value);
    if (name === "station" && this.fleet.update(value)) this.tell("update", value);
  }

  lose() {
    this.isLost = true;
    if (this.heard) showConnection("dashboard.connection-lost", { time: clockTime(this.heard) });
    else showConnection(null);
  }

  /** Shows the page that the address names; an address that names none is the first one's. */
  followAddress() {
    if (!this.isLoaded) return;
    const { word, rest, query } = readAddress(location.hash);
    const named = pages.find(({ name, also }) => name === word || also?.includes(word)) ?? pages[0];
    for (const link of document.querySelectorAll("#pages a")) {
      if (link.dataset.page === named.name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const [{ name }, page] of this.pages) {
      find(name).hidden = name !== named.name;
      if (name !== named.name) page.leave?.();
    }
    this.pages.get(named).follow(word, rest, query);
  }

  translate() {
    if (this.isLost) this.lose();
    this.tell("translate");
  }

  end() {
    this.stream.close();
    this.input.stop();
    this.tell("end");
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
  for (const page of pages) page.forget?.();
  for (const id of [...pages.map(({ name }) => name), "pages", "connection", "no-link", "notices", "sign-out"]) find(id).hidden = true;
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

/** Makes a link, a place and a style sheet for each page. */
function listPages() {
  for (const { name, title, style } of pages) {
    find("pages").append(
      h("a", { href: name === pages[0].name ? "#/" : `#/${name}`, "data-page": name },
        h("span", { "data-text": title }), h("span", { id: `${name}-mark`, hidden: true })));
    document.body.append(h("main", { id: name, hidden: true }));
    if (style) document.head.append(h("link", { rel: "stylesheet", href: `pages/${name}/page.css` }));
  }
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

listPages();
await loadTexts();
showTexts();
const token = tokenFromAddress() ?? sessionStorage.getItem(tokenKey);
if (token) signIn(token);
else signOut();
