// What thermometers and energy meters say: figures that show their age, and plain charts.

import { h, svg } from "./dom.js";
import { figure } from "./station-parts.js";
import { language, t } from "./texts.js";
import { clockTime, moment, serviceNow } from "./times.js";

/** No figures: energy is shown as what was used today, the others are for the API alone. */
const hidden = ["voltage", "current", "energy"];
/** A station says how its sensors stand every minute; what is older than three is not of now. */
const oldAfter = 180_000;
const hour = 3_600_000;

/** A value in words: "21.4 °C". */
export function amount(quantity, value) {
  // "{value/1000:1} °C": thousandths of a degree, with one decimal.
  return t(`unit.${quantity}`).replace(/\{value\/(\d+):(\d)\}/, (_, per, digits) =>
    new Intl.NumberFormat(language() === "zh" ? "zh-CN" : "en-GB", {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }).format(value / per));
}

/** Every reading of a station, with whether it is of now. */
export function readings(view) {
  return [view.climate, view.energy].filter(Boolean).flatMap((state) =>
    state.sensors.flatMap((sensor) => sensor.readings.map((reading) => ({
      ...reading, sensor: sensor.sensor,
      isOld: view.online !== true || !sensor.there || state.at - reading.at > oldAfter,
    }))));
}

/** The temperature of a station's first thermometer that is there; of a lost one where none is. */
export function temperature(view) {
  const all = readings(view).filter(({ quantity }) => quantity === "temperature");
  const one = all.find(({ isOld }) => !isOld) ?? all[0];
  if (one) return sensorFigure(one, t("quantity.temperature"));
  // A sensor that has never said anything is not to be passed over: it may be the thermometer.
  const silent = view.climate?.sensors.find((sensor) => sensor.readings.length === 0);
  return silent ? figure(t("sensor.silent", { sensor: silent.sensor }), null) : null;
}

/** Figures of all sensors; null where there are none. */
export function sensorFigures(view, today) {
  const all = readings(view);
  const meters = view.energy?.sensors ?? [];
  const silent = [...(view.climate?.sensors ?? []), ...meters]
    .filter((sensor) => sensor.readings.length === 0);
  const names = new Set(all.map(({ quantity, sensor }) => `${quantity} ${sensor}`));
  const isOne = (quantity) => [...names].filter((name) => name.startsWith(`${quantity} `)).length < 2;
  const name = ({ quantity, sensor }) => isOne(quantity) ? t(`quantity.${quantity}`)
    : t("sensor.of", { quantity: t(`quantity.${quantity}`), sensor });
  const figures = [
    ...all.filter(({ quantity }) => !hidden.includes(quantity)).sort(byQuantity)
      .map((one) => sensorFigure(one, withLimits(one, name(one)))),
    ...silent.map(({ sensor }) => figure(t("sensor.silent", { sensor }), null)),
    meters.length ? figure(t("sensor.energy-today"), today && amount("energy", today.used)) : null,
  ].filter(Boolean);
  return figures.length ? h("div", { class: "figures", "data-part": "sensors" }, figures) : null;
}

/** What most look for comes first; the others in the order of their English words. */
const first = ["temperature", "humidity"];

function byQuantity({ quantity: one }, { quantity: other }) {
  const rank = (quantity) => (first.includes(quantity) ? first.indexOf(quantity) : first.length);
  return rank(one) - rank(other) || (one < other ? -1 : one > other ? 1 : 0);
}

/** The name of a reading with the limits that its facility set: "CO₂, up to 1,500 ppm". */
function withLimits({ quantity, low, high }, name) {
  const which = low === undefined ? (high === undefined ? null : "high")
    : high === undefined ? "low" : "both";
  return which === null ? name : t(`sensor.limits.${which}`, {
    name, low: low === undefined ? "" : amount(quantity, low),
    high: high === undefined ? "" : amount(quantity, high),
  });
}

function sensorFigure(reading, name) {
  const { quantity, value, low = value, high = value, isOld } = reading;
  const words = isOld ? t("sensor.old", { name, time: moment(reading.at) }) : name;
  return figure(words, amount(quantity, value),
    isOld ? "old" : value < low || value > high ? "beyond" : "");
}

/** What the charts of a station are drawn from: two answers of the service. */
export class Measurements {
  constructor(api, station) {
    this.api = api;
    this.station = station;
    this.hours = [];
    this.days = [];
    /** The zone of the station's place, by which its days go; the browser's where it is not known. */
    this.zone = null;
  }

  async load() {
    [this.hours, this.days] = await Promise.all([
      this.api.measurements(this.station, { by: "hour", count: 24 }),
      this.api.measurements(this.station, { by: "day", count: 7 }),
    ]);
  }

  /** Watt hours of all meters by day, the newest last. */
  get energy() {
    const days = new Map();
    for (const { points } of this.days.filter(({ quantity }) => quantity === "energy")) {
      for (const { from, used } of points) days.set(from, (days.get(from) ?? 0) + used);
    }
    return [...days].sort(([one], [other]) => one - other)
      .map(([from, used]) => ({ from, used }));
  }

  /** What was used today; null where nothing has come yet today. */
  get today() {
    const last = this.energy.at(-1);
    return last && dayOf(last.from, this.zone) === dayOf(serviceNow(), this.zone) ? last : null;
  }

  charts() {
    const temperatures = this.hours.filter(({ quantity }) => quantity === "temperature");
    return [
      ...temperatures.map((series) => lineChart(series, temperatures.length > 1)),
      this.energy.length ? barChart(this.energy, this.zone) : null,
    ].filter(Boolean);
  }
}

/** The date of a moment at a place. */
function dayOf(time, zone) {
  return new Intl.DateTimeFormat("en-CA", { ...(zone && { timeZone: zone }) }).format(time);
}

const width = 480;
const height = 120;

/** The last 24 hours: the mean of each as a line, from the least to the most behind it. */
function lineChart({ sensor, points }, isNamed) {
  const end = Math.floor(serviceNow() / hour) * hour;
  const start = end - 23 * hour;
  const own = points.filter(({ from }) => from >= start && from <= end);
  if (!own.length) return null;
  const least = Math.min(...own.map((point) => point.least));
  const most = Math.max(...own.map((point) => point.most));
  // At least two degrees high, so that a steady room is a steady line.
  const room = Math.max(0, 2000 - (most - least)) / 2;
  const x = (from) => ((from - start) / hour + 0.5) * (width / 24);
  const y = (value) => height - ((value - least + room) / (most - least + 2 * room)) * height;
  const parts = [];
  for (const point of own) {
    parts.push(svg("line", {
      class: "range", x1: x(point.from), x2: x(point.from), y1: y(point.least), y2: y(point.most),
    }));
  }
  const line = own.map((point, index) => {
    const follows = index > 0 && point.from - own[index - 1].from === hour;
    return `${follows ? "L" : "M"}${x(point.from).toFixed(1)} ${y(point.mean).toFixed(1)}h0.01`;
  });
  parts.push(svg("path", { class: "mean", d: line.join("") }));
  const title = isNamed
    ? t("sensor.of", { quantity: t("sensor.temperature-day"), sensor })
    : t("sensor.temperature-day");
  const range = t("sensor.range", {
    least: amount("temperature", least), most: amount("temperature", most),
  });
  return chart(title, range, parts, [clockTime(start).slice(0, 5), clockTime(end).slice(0, 5)]);
}

/** Kilowatt hours of each of the last seven days. */
function barChart(days, zone) {
  const most = Math.max(1, ...days.map(({ used }) => used));
  const step = width / 7;
  const newest = days.at(-1).from;
  const parts = days.map(({ from, used }) => {
    const place = 6 - Math.round((newest - from) / (24 * hour));
    const tall = (used / most) * (height - 24);
    const middle = place * step + step / 2;
    return [
      svg("rect", {
        class: "bar", x: place * step + step * 0.2, width: step * 0.6, y: height - tall,
        height: tall,
      }),
      svg("text", { x: middle, y: height - tall - 5 }, amount("energy", used).split(" ")[0]),
    ];
  }).flat();
  const sum = days.reduce((total, { used }) => total + used, 0);
  const day = (time) => new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", {
    month: "short", day: "numeric", ...(zone && { timeZone: zone }),
  }).format(time);
  return chart(t("sensor.energy-week"), t("sensor.sum", { sum: amount("energy", sum) }), parts,
    [day(newest - 5.5 * 24 * hour), day(newest)]);
}

function chart(title, words, parts, [first, last]) {
  return h("figure", { class: "chart" },
    h("figcaption", {}, h("strong", {}, title), h("span", { class: "soft" }, words)),
    svg("svg", {
      viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}: ${words}`,
    }, ...parts),
    h("div", { class: "chart-ends soft" }, h("span", {}, first), h("span", {}, last)));
}
