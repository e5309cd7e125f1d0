// What is going on with one customer, over the whole screen: what to do, what came of it, and
// where the points are.

import { h } from "./dom.js";
import { both, nameOf, other, t, textIn } from "./texts.js";

const signs = { good: "✓", bad: "✕", wait: "…", ask: "▣" };

export class Phase {
  constructor(element, cancel) {
    this.element = element;
    this.cancel = cancel;
  }

  show({ phase, slots }) {
    clearInterval(this.clock);
    const slot = slots.find((other) => other.slot === phase.slot);
    const lines = this.lines(phase, slot);
    this.element.hidden = lines === null;
    if (lines === null) {
      this.heard = null;
      return;
    }
    this.element.dataset.mood = lines.mood;
    this.element.dataset.kind = phase.kind;
    this.element.replaceChildren(
      h("p", { class: "sign", "aria-hidden": "true" }, signs[lines.mood]),
      h("div", { class: "words" }, ...lines.words),
      h("div", { class: "hands" }, ...lines.hands));
    if (this.heard !== phase.kind) sound(lines.mood);
    this.heard = phase.kind;
  }

  /** The mood, the words and the buttons of a phase; null where nothing is going on. */
  lines(phase, slot) {
    const say = (mood, words, hands = []) => ({ mood, words, hands });
    const goods = slot
      ? [h("p", { class: "goods-line" }, `${nameOf(slot)}  ${t("screen.price", { n: phase.price ?? slot.price })}`)]
      : [];
    switch (phase.kind) {
      case "idle": return null;
      case "chosen":
        return say("ask", [
          ...both("p", "title", "screen.show-code"), ...goods, ...this.reason(phase),
          ...both("p", "advice", "screen.show-code.advice"),
        ], [this.countdown(phase.left), this.button("screen.cancel")]);
      case "asking-balance": return say("wait", both("p", "title", "screen.asking"));
      case "asking":
        return say("wait", [...both("p", "title", "screen.asking"), ...goods],
          [this.button("screen.cancel")]);
      case "turning":
        return say("wait", [
          ...both("p", "title", "screen.turning"), ...goods,
          ...both("p", "advice", "screen.turning.advice"),
        ]);
      case "balance":
        return say("good", [
          ...both("p", "title", "screen.balance", { n: phase.balance }),
          ...both("p", "advice", "screen.balance.advice"),
        ], [this.button("screen.done")]);
      case "dispensed":
        return say("good", [
          ...both("p", "title", "screen.dispensed"), ...goods,
          ...this.left(phase, "screen.dispensed.left"),
        ], [this.button("screen.done")]);
      case "cancelled":
        return say("ask", [
          ...both("p", "title", "screen.cancelled"), ...both("p", "advice", "screen.not-charged"),
        ], [this.button("screen.done")]);
      case "failed":
      case "unknown":
        return say("bad", [
          ...both("p", "title", `screen.${phase.kind}`), ...goods,
          ...both("p", "advice", "screen.refunded", { n: phase.price }),
          h("p", { class: "cause" }, t(`machine.fault.${phase.reason}`)),
          ...this.left(phase, "screen.left"),
        ], [this.button("screen.done")]);
      default:
        return say("bad", [
          ...both("p", "title", `exchange.refusal.${phase.reason}.title`), ...goods,
          ...both("p", "advice", `exchange.refusal.${phase.reason}.advice`),
          ...phase.balance === undefined
            ? both("p", "advice", "screen.not-charged") : this.left(phase, "screen.left"),
        ], [this.button("screen.done")]);
    }
  }

  /** Why the last code did not do. */
  reason(phase) {
    if (!phase.reason) return [];
    return [h("div", { class: "reason" },
      ...both("p", "title", `exchange.refusal.${phase.reason}.title`),
      ...both("p", "advice", `exchange.refusal.${phase.reason}.advice`))];
  }

  left(phase, key) {
    if (phase.balance === undefined) return [];
    return both("p", "advice", key, { n: phase.balance, price: phase.price });
  }

  button(key) {
    return h("button", { type: "button", onclick: () => this.cancel() },
      h("span", {}, t(key)), h("span", { class: "second" }, textIn(other(), key)));
  }

  countdown(left) {
    const end = performance.now() + left;
    const number = h("p", { class: "seconds" });
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      number.textContent = t("screen.seconds", { n: seconds });
    };
    tick();
    this.clock = setInterval(tick, 250);
    return number;
  }
}

let audio = null;

/** Two rising tones for yes, one low tone for no. Silent until the page has been touched. */
function sound(mood) {
  if (mood !== "good" && mood !== "bad") return;
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  const tones = mood === "good" ? [[660, 0, 0.12], [880, 0.13, 0.18]] : [[220, 0, 0.45]];
  for (const [frequency, start, length] of tones) {
    const tone = new OscillatorNode(audio, { frequency });
    const volume = new GainNode(audio, { gain: 0.15 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + length);
  }
}
