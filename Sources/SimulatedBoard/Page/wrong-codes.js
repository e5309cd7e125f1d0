// The drawer of wrong codes: each says what it sends, and below it what came of it.

import { h } from "./dom.js";
import { answerOf } from "./presentation.js";
import { t } from "./texts.js";

/** Every wrong code, in the order in which a station finds out. */
const groups = {
  none: ["noise", "set-up", "garbage", "ticket", "oversized"],
  broken: [
    "truncated", "nested", "trailing", "bare", "demanding", "duplicate", "claimless",
  ],
  invalid: [
    "unsupported", "foreign", "tampered", "early", "expired", "long-lived", "nameless", "same",
  ],
};

export class WrongCodes {
  /** `show` is called with the kind of a code. */
  constructor(show) {
    this.cards = new Map();
    this.summary = h("summary", {});
    this.note = h("p", { class: "soft" });
    this.headings = new Map();
    const sections = Object.entries(groups).map(([group, kinds]) => {
      const heading = h("h3", {});
      this.headings.set(group, heading);
      return h("section", {}, heading, h("ul", { class: "wrong" },
        kinds.map((kind) => this.card(kind, show))));
    });
    this.element = h("details", { class: "drawer" }, this.summary, this.note, ...sections);
    this.translate();
  }

  card(kind, show) {
    const card = {
      button: h("button", { type: "button", onclick: () => show(kind) }), what: h("p", {}),
      result: h("p", { class: "result" }), entry: null,
    };
    this.cards.set(kind, card);
    return h("li", { "data-kind": kind }, card.button, card.what, card.result);
  }

  translate() {
    this.summary.textContent = t("board.wrong");
    this.note.textContent = t("board.wrong.note");
    for (const [group, heading] of this.headings) {
      heading.textContent = t(`board.wrong.${group}`);
    }
    for (const [kind, card] of this.cards) {
      card.button.textContent = t(`board.code.${kind}`);
      card.what.textContent = t(`board.code.${kind}.what`);
      this.showResult(card);
    }
  }

  /** Which buttons can be used. */
  offer(canIssue, hasLastCode) {
    for (const [kind, { button }] of this.cards) {
      button.disabled = !canIssue || (kind === "same" && !hasLastCode);
    }
  }

  /** Takes what came of a code. */
  present(entry) {
    const card = this.cards.get(entry.kind);
    if (!card || (card.entry?.at ?? 0) > entry.at) return;
    card.entry = entry;
    this.showResult(card);
  }

  showResult({ entry, result }) {
    result.dataset.answer = entry?.answer ?? "";
    if (!entry) return result.replaceChildren();
    const { title, sense } = answerOf(entry);
    result.textContent = [title, sense].filter(Boolean).join(" · ");
  }
}
