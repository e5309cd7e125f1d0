// The last twenty things that happened at the board, newest first.

import { h } from "./dom.js";
import { language, t } from "./texts.js";

export class Log {
  static most = 20;

  constructor(list) {
    this.list = list;
    this.entries = [];
  }

  /** A parameter may be `{key}`, which is translated when it is shown. */
  add(accessPoint, key, parameters = {}) {
    this.entries.unshift({ at: new Date(), accessPoint, key, parameters });
    this.entries.length = Math.min(this.entries.length, Log.most);
    this.render();
  }

  render() {
    const time = new Intl.DateTimeFormat(language(), {
      hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
      hourCycle: "h23",
    });
    const rows = this.entries.map(({ at, accessPoint, key, parameters }) => {
      const words = Object.entries(parameters).map(([name, value]) => [
        name, value.key ? t(value.key) : value,
      ]);
      return h("li", {},
        h("time", { datetime: at.toISOString() }, time.format(at)),
        h("span", { class: "where" }, t("door.name", { n: accessPoint })),
        h("span", {}, t(key, Object.fromEntries(words))));
    });
    this.list.replaceChildren(...(rows.length ? rows : [h("li", {}, t("board.log.empty"))]));
  }
}
