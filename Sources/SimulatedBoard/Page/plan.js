// A door seen from above: leaf, bolt, beams, exit button, and the person who walks through.

import { h, s } from "./dom.js";
import { t } from "./texts.js";

/** Where the person stands on the plan, from the street at the bottom to the room at the top. */
const places = { street: 282, outer: 128, between: 110, inner: 92, room: 26 };

export class Plan {
  constructor(number) {
    this.leaf = s("g", { class: "leaf" },
      s("rect", { x: 110, y: 184, width: 100, height: 12, rx: 3 }),
      s("circle", { cx: 196, cy: 190, r: 3.5, class: "handle" }));
    this.bolt = s("rect", { class: "bolt", x: 200, y: 186, width: 22, height: 8, rx: 2 });
    this.wedge = s("path", { class: "wedge", d: "M126 262 l16 8 l-16 8 z" });
    this.lamp = s("circle", { class: "lamp", cx: 236, cy: 190, r: 7 });
    this.outer = beam(128);
    this.inner = beam(92);
    this.exit = s("circle", { class: "exit", cx: 262, cy: 172, r: 8 });
    this.walker = s("g", { class: "walker" },
      s("ellipse", { cx: 0, cy: 0, rx: 21, ry: 11 }), s("circle", { cx: 0, cy: 0, r: 9 }));
    this.roomName = s("text", { x: 14, y: 28 });
    this.streetName = s("text", { x: 14, y: 300 });
    this.readerName = s("text", { class: "small", x: 250, y: 212 });
    this.exitName = s("text", { class: "small", x: 276, y: 156, "text-anchor": "middle" });
    const id = `plan-${number}`;
    this.title = s("title", { id });
    this.drawing = s("svg", { viewBox: "0 0 320 312", role: "img", "aria-labelledby": id },
      this.title,
      s("rect", { class: "room", x: 0, y: 0, width: 320, height: 184 }),
      s("rect", { class: "street", x: 0, y: 184, width: 320, height: 128 }),
      s("path", { class: "wall", d: "M0 182 h110 v16 h-110 z M210 182 h110 v16 h-110 z" }),
      s("path", { class: "swing", d: "M210 190 A100 100 0 0 1 110 290" }),
      s("rect", { class: "reader", x: 226, y: 200, width: 20, height: 10, rx: 2 }),
      this.roomName, this.streetName, this.readerName, this.exitName, this.outer, this.inner,
      this.bolt, this.lamp, this.exit, this.leaf, this.wedge, this.walker);
    this.facts = h("dl", { class: "facts" });
    this.element = h("div", { class: "plan" }, this.drawing, this.facts);
  }

  show(point) {
    this.roomName.textContent = t("board.room");
    this.streetName.textContent = t("board.street");
    this.readerName.textContent = t("board.reader");
    this.exitName.textContent = t("board.exit-button");
    const flags = {
      open: point.leaf === "open", propped: point.propped, strike: point.unlocked && !point.egress,
      egress: point.egress, exit: point.exit, outer: !point.outerBeam, inner: !point.innerBeam,
      walker: point.walker !== null,
    };
    for (const [name, isSet] of Object.entries(flags)) {
      this.drawing.classList.toggle(`is-${name}`, isSet);
    }
    if (point.walker) this.move(point.walker);
    else this.place = null;
    this.describe(point);
  }

  move({ place }) {
    // A person who has just come is put on the spot; from then on each move is seen.
    this.walker.classList.toggle("is-new", this.place === null);
    this.place = place;
    this.walker.style.transform = `translate(160px, ${places[place]}px)`;
  }

  describe(point) {
    const beam = (isClear) => t(isClear ? "board.beam.clear" : "board.beam.broken");
    const leaf = point.leaf === "open" && point.propped ? "propped" : point.leaf;
    const relay = point.strike ? "board.strike.on" : "board.strike.off";
    const lock = point.egress && point.unlocked ? t("board.exit.released") : t(relay);
    const bolt = t(point.unlocked ? "board.bolt.back" : "board.bolt.home");
    const facts = [
      [t("board.strike"), lock, point.strike || point.egress ? "on" : "off"],
      [t("board.bolt"), bolt, point.unlocked ? "on" : "off"],
      [t("board.door"), t(`board.leaf.${leaf}`), point.leaf === "open" ? "on" : "off"],
      [t("board.beam.outer"), beam(point.outerBeam), point.outerBeam ? "off" : "on"],
      [t("board.beam.inner"), beam(point.innerBeam), point.innerBeam ? "off" : "on"],
    ];
    this.facts.replaceChildren(...facts.map(([name, value, state]) =>
      h("div", { "data-state": state }, h("dt", {}, name), h("dd", {}, value))));
    this.title.textContent = facts.map(([name, value]) => `${name}: ${value}`).join(", ");
  }
}

function beam(y) {
  return s("g", { class: y === 128 ? "beam outer" : "beam inner" },
    s("line", { x1: 104, y1: y, x2: 216, y2: y }),
    s("rect", { x: 94, y: y - 7, width: 10, height: 14, rx: 2 }),
    s("rect", { x: 216, y: y - 7, width: 10, height: 14, rx: 2 }));
}
