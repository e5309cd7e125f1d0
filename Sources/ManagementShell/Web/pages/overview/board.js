// The board of a station: by which certificate it is known, and how another one takes its place.

import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { moment } from "../../times.js";

const shown = 10;
/** How long a button asks to be confirmed before that is forgotten. */
const hesitation = 5000;

/** The certificates of one station, and what a manager can do about them. Read when it is opened. */
export class Board {
  constructor(api, station) {
    this.api = api;
    this.station = station;
    this.turn = 0;
    this.code = h("div", { class: "claim-code", role: "status" });
    this.note = h("p", { class: "order-note", role: "status" });
    this.list = h("ol", { class: "last-orders", "aria-label": t("board.certificates") });
    this.element = h("details", { class: "station-orders", "data-part": "board",
      ontoggle: () => this.element.open && this.read() },
    h("summary", {}, t("board.title")),
    h("p", { class: "soft" }, t("board.about")),
    h("div", { class: "order-rows" },
      h("div", { class: "order-row" },
        h("button", { type: "button", "data-board": "claim", onclick: () => this.claim() },
          t("board.claim")),
        this.renewal()),
      this.code, this.lockOut()),
    this.note, h("h4", {}, t("board.certificates")), this.list);
  }

  /** The code is shown once, and gone with the next one or when the panel is shut. */
  async claim() {
    await this.attempt(async () => {
      const { code, expires } = await this.api.makeClaimCode(this.station);
      this.code.replaceChildren(
        h("output", {}, code),
        h("p", {}, t("board.claim.how", { time: moment(expires), url: location.origin })));
      this.say("", "");
    });
  }

  renewal() {
    let timer;
    const button = h("button", { type: "button", "data-board": "renew", onclick: () => {
      clearTimeout(timer);
      if (button.dataset.asks) {
        calm();
        this.renew();
      } else {
        button.dataset.asks = "true";
        button.textContent = t("orders.sure", { order: t("board.renew") });
        timer = setTimeout(calm, hesitation);
      }
    } }, t("board.renew"));
    const calm = () => {
      delete button.dataset.asks;
      button.textContent = t("board.renew");
    };
    return button;
  }

  async renew() {
    await this.attempt(async () => {
      const { asked } = await this.api.renewCertificate(this.station);
      this.say("done", t(asked ? "board.renew.asked" : "board.renew.later"));
      await this.read();
    });
  }

  lockOut() {
    const words = h("input", { name: "reason", required: true, maxlength: 200, autocomplete: "off" });
    return h("form", { class: "order-row", "data-board": "lock-out", onsubmit: (event) => {
      event.preventDefault();
      const reason = words.value.trim();
      words.blur();
      this.attempt(async () => {
        await this.api.lockOut(this.station, { reason });
        words.value = "";
        this.say("done", t("board.lock-out.done"));
        await this.read();
      });
    } },
    h("span", { class: "door-name" }, t("board.lock-out")),
    h("label", { class: "field" }, h("span", {}, t("orders.reason")), words),
    h("button", { type: "submit", class: "danger" }, t("board.lock-out.begin")));
  }

  async attempt(body) {
    try {
      await body();
    } catch (problem) {
      this.say("problem", problem.status === 403 ? t("board.forbidden")
        : problem.code === "unavailable" ? t("board.unavailable")
          : problem.text ?? String(problem));
    }
  }

  say(mood, text) {
    this.note.dataset.mood = mood;
    this.note.textContent = text;
  }

  async read() {
    const turn = (this.turn += 1);
    await this.attempt(async () => {
      const certificates = await this.api.certificates(this.station, { limit: shown });
      if (turn !== this.turn) return;
      this.list.replaceChildren(...(certificates.length
        ? certificates.map((certificate) => this.row(certificate))
        : [h("li", { class: "soft" }, t("board.none"))]));
    });
  }

  row({ serial, issuedAt, ends, by, revokedAt }) {
    return h("li", { "data-counts": String(revokedAt === null) },
      h("time", {}, moment(issuedAt)),
      h("span", {}, revokedAt === null ? t("board.counts", { time: moment(ends) })
        : t("board.revoked", { time: moment(revokedAt) }),
      h("span", { class: "soft" }, ` · ${by} · ${serial.slice(0, 8)}`)));
  }
}
