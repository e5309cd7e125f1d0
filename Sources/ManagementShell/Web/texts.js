// The words of the page: loads the catalogue of one language and puts it into the document.

const remembered = "language";
let catalogue = {};

/** Loads the catalogue of a language, or of the one remembered, or of the browser's. */
export async function loadTexts(wanted = localStorage.getItem(remembered) ?? preferred()) {
  const language = wanted === "en" ? "en" : "zh";
  const answer = await fetch(`/texts/${language}.json`);
  if (!answer.ok) throw new Error(`/texts/${language}.json: ${answer.status}`);
  catalogue = await answer.json();
  document.documentElement.lang = language;
}

/** Changes to the other language and remembers it. */
export async function switchLanguage() {
  await loadTexts(language() === "zh" ? "en" : "zh");
  localStorage.setItem(remembered, language());
}

export function language() {
  return document.documentElement.lang;
}

/** The text of a key; the key itself where there is none. */
export function t(key, parameters = {}) {
  const text = catalogue[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => parameters[name] ?? whole);
}

export function hasText(key) {
  return Object.hasOwn(catalogue, key);
}

/** All keys of the catalogue, in its order. */
export function keys() {
  return Object.keys(catalogue);
}

/** Writes the text of every element that names its key. */
export function translate(root = document) {
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = t(element.dataset.text);
  }
}

/** A name given in several languages, in the one in use; else any; else the fallback. */
export function named(names, fallback) {
  return names?.[language()] || Object.values(names ?? {}).find(Boolean) || fallback;
}

function preferred() {
  const tags = navigator.languages ?? [navigator.language];
  return tags.some((tag) => tag.startsWith("zh")) || !tags.some((tag) => tag.startsWith("en"))
    ? "zh" : "en";
}
