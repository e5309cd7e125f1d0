// Keeps the screen in step with the daemon, and sends what is pressed.

import { h } from "./dom.js";
import { Goods } from "./goods.js";
import { Phase } from "./phase.js";
import { both, language, loadTexts, other, setLanguage, t, textIn } from "./texts.js";
import { Work } from "./work.js";

const find = (id) => document.getElementById(id);
/** The daemon says something every five seconds. */
const patience = 12_000;
/** Whoever chose a language has gone by then. */
const languageLasts = 60_000;

let state = null;
let silence = null;
let languageTimer = null;

/** Sends an order; answers with whether it was taken. */
async function send(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.ok;
  } catch {
    lose();
    return false;
  }
}

const goods = new Goods(find("goods"), (slot) => send("select", { slot }));
const phase = new Phase(find("phase"), () => send("cancel", {}));
const work = new Work(find("work"), send);

function show() {
  find("title").textContent = t("screen.title");
  document.title = t("screen.title");
  find("language").textContent = textIn(other(), "screen.language");
  find("language").lang = other();
  if (!state) return;
  const isWork = state.maintenance;
  find("stop").hidden = !state.stop || isWork;
  find("how").hidden = Boolean(state.stop) || isWork;
  find("how").replaceChildren(...both("p", "advice", "screen.how"));
  if (state.stop) {
    find("stop").replaceChildren(
      ...both("p", "title", `exchange.refusal.${state.stop}.title`),
      ...both("p", "advice", `exchange.refusal.${state.stop}.advice`));
  }
  const notice = isWork ? null : state.notice;
  find("notice").hidden = !notice;
  if (notice) {
    const words = { zh: notice.chinese, en: notice.english };
    find("notice").replaceChildren(
      h("p", { class: "title", lang: language() }, words[language()]),
      h("p", { class: "title second", lang: other() }, words[other()]));
  }
  find("goods").hidden = isWork;
  find("work").hidden = !isWork;
  if (isWork) work.show(state.slots, state.card);
  else goods.show(state.slots, state.stop);
  phase.show(state);
}

function lose() {
  find("lost").hidden = false;
  find("lost").replaceChildren(
    ...both("p", "title", "screen.lost"), ...both("p", "advice", "screen.lost.advice"));
}

/** Something came from the daemon: it is there. */
function hear() {
  find("lost").hidden = true;
  clearTimeout(silence);
  silence = setTimeout(lose, patience);
}

function listen() {
  const source = new EventSource("events");
  source.addEventListener("open", hear);
  source.addEventListener("beat", hear);
  source.addEventListener("state", (event) => {
    hear();
    state = JSON.parse(event.data);
    show();
  });
  source.addEventListener("error", () => {
    lose();
    // A browser gives up on its own after some errors; the daemon may be back all the same.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

find("language").addEventListener("click", () => {
  setLanguage(other());
  clearTimeout(languageTimer);
  languageTimer = setTimeout(() => {
    setLanguage("zh");
    show();
  }, languageLasts);
  show();
});

/** The daemon may start after the browser does. */
async function begin() {
  try {
    await loadTexts();
  } catch {
    setTimeout(begin, 2000);
    return;
  }
  show();
  listen();
}

setLanguage("zh");
begin();
