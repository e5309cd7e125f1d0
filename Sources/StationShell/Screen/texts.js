// The words of the screen: one language big, the other one small below it.

import { h } from "./dom.js";

const catalogues = {};
let first = "zh";

/** Loads both catalogues; throws where the daemon does not give them. */
export async function loadTexts() {
  for (const language of ["zh", "en"]) {
    const answer = await fetch(`texts/${language}.json`);
    if (!answer.ok) throw new Error(`texts/${language}.json: ${answer.status}`);
    catalogues[language] = await answer.json();
  }
}

export function setLanguage(language) {
  first = language;
  document.documentElement.lang = language;
}

export function language() {
  return first;
}

export function other() {
  return first === "zh" ? "en" : "zh";
}

/** The text of a key in one language; the key itself where there is none. */
export function textIn(language, key, parameters = {}) {
  const text = catalogues[language]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => parameters[name] ?? whole);
}

/** The text in the language that is chosen. */
export function t(key, parameters) {
  return textIn(first, key, parameters);
}

/** The name of an article in the chosen language. */
export function nameOf(slot, language = first) {
  return language === "zh" ? slot.chinese : slot.english;
}

/** A line in the chosen language, and the same in the other one below it. */
export function both(tag, className, key, parameters) {
  return [
    h(tag, { class: className, lang: first }, t(key, parameters)),
    h(tag, { class: `${className} second`, lang: other() }, textIn(other(), key, parameters)),
  ];
}
