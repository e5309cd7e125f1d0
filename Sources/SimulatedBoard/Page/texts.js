// The words of the page in both languages, and which one its controls speak.

const catalogues = {};
const remembered = "board-language";

/** Loads both catalogues and chooses the language: the remembered one, else the browser's. */
export async function loadTexts() {
  for (const language of ["zh", "en"]) {
    const answer = await fetch(`texts/${language}.json`);
    if (!answer.ok) throw new Error(`texts/${language}.json: ${answer.status}`);
    catalogues[language] = await answer.json();
  }
  setLanguage(localStorage.getItem(remembered) ?? (isChinese() ? "zh" : "en"));
}

export function setLanguage(language) {
  document.documentElement.lang = language === "en" ? "en" : "zh";
  localStorage.setItem(remembered, document.documentElement.lang);
}

export function language() {
  return document.documentElement.lang;
}

/** The text of a key in one language; the key itself where there is none. */
export function textIn(language, key, parameters = {}) {
  const text = catalogues[language]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => parameters[name] ?? whole);
}

/** The text of a key in the language of the controls. */
export function t(key, parameters) {
  return textIn(language(), key, parameters);
}

export function hasText(key) {
  return key in (catalogues.zh ?? {});
}

function isChinese() {
  return (navigator.languages ?? [navigator.language]).some((tag) => tag.startsWith("zh"));
}
