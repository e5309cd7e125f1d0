// The big screen at a door: what the worker is told, in Chinese first and English second.

import { h } from "./dom.js";
import { hasText, textIn } from "./texts.js";

const shownFor = { granted: 6000, refused: 10000, advice: 10000 };

export class Screen {
  constructor() {
    this.sign = h("p", { class: "sign", "aria-hidden": "true" });
    this.words = h("div", { class: "words", role: "status", "aria-live": "assertive" });
    this.element = h("div", { class: "screen" }, this.sign, this.words);
    this.idle();
  }

  /** `age` is how long ago the message came, in milliseconds. */
  tell({ outcome, reason }, age = 0) {
    const rest = shownFor[outcome] - age;
    if (rest <= 0) return;
    if (outcome === "granted") {
      this.draw("granted", "✓", "entry.granted", "entry.granted.advice");
    } else if (outcome === "advice") {
      const known = hasText(`advice.${reason}.title`) ? reason : "close-door";
      this.draw("advice", "!", `advice.${known}.title`, `advice.${known}.advice`);
    } else {
      const known = hasText(`denial.${reason}.title`) ? reason : "unknown";
      this.draw("refused", "✕", `denial.${known}.title`, `denial.${known}.advice`);
    }
    if (age === 0) sound(outcome);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.idle(), rest);
  }

  idle() {
    this.draw("idle", "▣", "entry.idle", "entry.idle.advice");
  }

  draw(mood, sign, title, advice) {
    this.element.dataset.mood = mood;
    this.sign.textContent = sign;
    this.words.replaceChildren(
      h("p", { class: "title", lang: "zh" }, textIn("zh", title)),
      h("p", { class: "advice", lang: "zh" }, textIn("zh", advice)),
      h("p", { class: "title", lang: "en" }, textIn("en", title)),
      h("p", { class: "advice", lang: "en" }, textIn("en", advice)));
  }
}

let audio = null;

/** Two rising tones for yes, one low tone for no. Silent until the page has been touched. */
function sound(outcome) {
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  const tones = outcome === "granted" ? [[660, 0, 0.12], [880, 0.13, 0.18]] : [[220, 0, 0.45]];
  for (const [frequency, start, length] of tones) {
    const tone = new OscillatorNode(audio, { frequency });
    const volume = new GainNode(audio, { gain: 0.12 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + length);
  }
}
