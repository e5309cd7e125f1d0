// The typed codes of a station, in its panel: made, shown once, and listed as the station reports them.

import { h } from "../../dom.js";
import { hasText, t } from "../../texts.js";
import { moment, serviceNow } from "../../times.js";

/** How long a removal asks to be confirmed before it is forgotten. */
const hesitation = 5000;
const hour = 3_600_000;
const lives = [8, 24, 7 * 24];
const most = 100;

/** The codes of one station; read while they are looked at. */
export class Codes {
  constructor(api, station) {
    this.api = api;
    this.station = station;
    this.turn = 0;
    /** The order without an answer; null where there is none. */
    this.order = null;
    this.form = h("div", { class: "order-rows" });
    this.note = h("p", { class: "order-note", role: "status" });
    this.list = h("ul", { class: "last-orders", "aria-label": t("codes.title") });
    this.element = h("details", { class: "station-orders", "data-part": "codes",
      ontoggle: () => this.element.open && this.read() },
      h("summary", {}, t("codes.title")), this.form, this.note, this.list);
  }

  /** Takes the station as it is now. */
  show(view) {
    this.element.hidden = !view.operations.includes("set-code");
    const doors = JSON.stringify(view.doors.map(({ accessPoint }) => accessPoint));
    if (doors !== this.doors) {
      this.doors = doors;
      this.form.replaceChildren(this.drawForm(JSON.parse(doors)));
    }
    if (this.element.open) this.read();
  }

  drawForm(doors) {
    const door = h("select", { name: "door" },
      doors.map((n) => h("option", { value: n }, t("door.name", { n }))));
    const life = h("select", { name: "life" },
      lives.map((hours) => h("option", { value: hours }, t("codes.hours", { n: hours }))));
    const uses = h("input", { name: "uses", type: "number", min: 1, max: 100, value: 1, required: true });
    return h("form", { class: "order-row", "data-code": "make", onsubmit: (event) => {
      event.preventDefault();
      this.make(Number(door.value), Number(life.value), Number(uses.value));
    } },
    h("label", { class: "field" }, h("span", {}, t("codes.door")), door),
    h("label", { class: "field" }, h("span", {}, t("codes.life")), life),
    h("label", { class: "field" }, h("span", {}, t("codes.uses")), uses),
    h("button", { type: "submit" }, t("codes.make")));
  }

  /** A try without an answer is the same code when it is made again: nobody has its digits then. */
  async make(ap, hours, uses) {
    const wanted = JSON.stringify([ap, hours, uses]);
    if (this.order?.wanted !== wanted) {
      const from = serviceNow();
      this.order = { wanted, body: { ap, from, until: from + hours * hour, uses,
        key: `page-${crypto.getRandomValues(new Uint32Array(3)).join("-")}` } };
    }
    await this.attempt(async () => {
      const code = await this.api.makeTypedCode(this.station, this.order.body);
      this.order = null;
      if (code.digits === null) {
        // The answer with the digits was lost, and nobody has them.
        await this.api.removeTypedCode(this.station, code.credential);
        this.say("problem", t("codes.lost"));
        return;
      }
      this.say("done", t("codes.made", { digits: code.digits, door: t("door.name", { n: ap }),
        time: moment(code.until) }));
    });
  }

  async remove(credential) {
    await this.attempt(async () => {
      await this.api.removeTypedCode(this.station, credential);
      this.say("", "");
    });
  }

  async attempt(body) {
    try {
      await body();
    } catch (problem) {
      // What was refused may be asked for otherwise; what was not answered may have been done.
      if (problem.status) this.order = null;
      this.say("problem", problem.status === 403 ? t("orders.forbidden")
        : problem.text ?? String(problem));
    }
    await this.read();
  }

  say(mood, text) {
    this.note.dataset.mood = mood;
    this.note.textContent = text;
  }

  async read() {
    const turn = (this.turn += 1);
    try {
      const { codes, foreign } = await this.api.typedCodes(this.station, { limit: most });
      if (turn !== this.turn || this.list.querySelector("[data-asks]")) return;
      const rows = [...foreign.map((code) => this.foreignRow(code)),
        ...codes.map((code) => this.row(code))];
      this.list.replaceChildren(...rows.length ? rows
        : [h("li", { class: "soft" }, t("codes.none"))]);
    } catch {
      // What was read before still stands; the list comes with the next change.
    }
  }

  row(code) {
    const { credential, ap, until, uses, left, by, setThere, setting, removal } = code;
    const state = removal
      ? t("codes.removal", { state: outcome(removal) })
      : setThere ? t("codes.there", { left, uses })
        : t("codes.waits", { state: outcome(setting) });
    return h("li", { "data-credential": credential, "data-there": setThere },
      h("span", {}, t("door.name", { n: ap })), h("span", {}, t("codes.until", { time: moment(until) })),
      h("span", { class: setThere ? "" : "caveat" }, state, h("span", { class: "soft" }, ` · ${by}`)),
      this.button(credential));
  }

  foreignRow({ credential, ap, left, until }) {
    return h("li", { "data-credential": credential, "data-foreign": "true" },
      h("span", {}, t("door.name", { n: ap })), h("span", {}, t("codes.until", { time: moment(until) })),
      h("span", { class: "caveat" }, t("codes.foreign", { credential, left })),
      this.button(credential));
  }

  /** A button that asks once more before it removes a code. */
  button(credential) {
    let timer;
    const calm = () => {
      delete button.dataset.asks;
      button.textContent = t("codes.remove");
    };
    const button = h("button", { type: "button", onclick: () => {
      clearTimeout(timer);
      if (button.dataset.asks) {
        calm();
        this.remove(credential);
      } else {
        button.dataset.asks = "true";
        button.textContent = t("codes.sure");
        timer = setTimeout(calm, hesitation);
      }
    } }, t("codes.remove"));
    return h("span", { class: "order-row" }, button);
  }
}

/** How far a command has come, and why it went no further. */
function outcome({ state, fault }) {
  const why = fault && hasText(`command.fault.${fault}`) ? ` · ${t(`command.fault.${fault}`)}` : "";
  return `${t(`command.state.${state}`)}${why}`;
}
