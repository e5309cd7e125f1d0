// What happened at the board, newest first: codes with what came of them, and moves of its wires.

import { answerOf, labelOf } from "./presentation.js";
import { h } from "./dom.js";
import { language, t } from "./texts.js";

export class Log {
  static most = 80;

  constructor(list, onlyCodes) {
    this.list = list;
    this.onlyCodes = onlyCodes;
    this.entries = [];
    onlyCodes.addEventListener("change", () => this.render());
  }

  /** A move of a wire, or of a person's hand. */
  add(accessPoint, key) {
    this.keep({ at: Date.now(), accessPoint, key });
  }

  /** A code that was shown, or what came of one that is here already. */
  present(presentation) {
    const same = this.entries.find(
      ({ at, number }) => number === presentation.number && at === presentation.at);
    if (!same) return this.keep({ ...presentation });
    Object.assign(same, presentation);
    this.render();
  }

  keep(entry) {
    this.entries.push(entry);
    this.entries.sort((one, other) => other.at - one.at);
    this.entries.length = Math.min(this.entries.length, Log.most);
    this.render();
  }

  render() {
    const shown = this.entries.filter((entry) => entry.answer || !this.onlyCodes.checked);
    const present = new Map(this.rows ?? []);
    this.rows = new Map(shown.map((entry) => {
      // A row that says the same stays as it is, so that it is not read aloud again.
      const now = `${language()} ${entry.answer}`;
      const old = present.get(entry);
      return [entry, old?.now === now ? old : { now, element: this.row(entry) }];
    }));
    const elements = [...this.rows.values()].map(({ element }) => element);
    this.list.replaceChildren(...(elements.length ? elements : [h("li", {}, t("board.log.empty"))]));
  }

  row(entry) {
    const time = new Intl.DateTimeFormat(language(), {
      hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
      hourCycle: "h23",
    }).format(entry.at);
    const head = [
      h("time", { datetime: new Date(entry.at).toISOString() }, time),
      h("span", { class: "where" },
        entry.accessPoint ? t("door.name", { n: entry.accessPoint }) : t("board.room")),
    ];
    if (!entry.answer) return h("li", {}, ...head, h("span", {}, t(entry.key)));
    const { title, sense, advice } = answerOf(entry);
    return h("li", { class: "presentation", "data-answer": entry.answer,
      "data-kind": entry.kind ?? "" },
      ...head,
      h("div", { class: "story" },
        h("p", {}, h("strong", {}, labelOf(entry)),
          h("code", {}, entry.bytes > entry.start.length ? `${entry.start}…` : entry.start),
          h("span", { class: "soft" }, t("board.log.bytes", { n: entry.bytes }))),
        h("p", { class: "answer" }, title),
        sense ? h("p", {}, sense) : null,
        advice ? h("p", { class: "soft" }, t("board.log.worker", { advice })) : null));
  }
}
