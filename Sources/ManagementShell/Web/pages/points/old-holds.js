// A mark beside the name of the points page where holds are so old that a person is needed.

import { t } from "../../texts.js";

const every = 60_000;

/** How many holds are old, asked for again and again by whoever may know. */
export class OldHolds {
  constructor(api, element) {
    this.api = api;
    this.element = element;
    this.old = 0;
    this.timer = setInterval(() => this.read(), every);
    this.read();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.element.hidden = true;
  }

  async read() {
    if (this.timer === null) return;
    try {
      this.old = (await this.api.holds({ limit: 1 })).old;
    } catch (problem) {
      // The rights of a token do not change while it is used.
      if (problem.status === 403) this.stop();
      return;
    }
    this.show();
  }

  show() {
    this.element.hidden = this.timer === null || this.old === 0;
    this.element.textContent = t("points.mark", { n: this.old });
  }
}
