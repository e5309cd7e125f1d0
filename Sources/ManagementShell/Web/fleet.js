// What is known of all stations: one view per station, and the sums over them.

import { byUrgency, urgent } from "./urgency.js";

export class Fleet {
  constructor() {
    this.stations = new Map();
    this.held = null;
  }

  /** Keeps what the stream says back while the whole list is under way. */
  hold() {
    this.held = [];
  }

  /** Takes the whole list, then what came in the meantime. */
  replace(views) {
    this.stations = new Map(views.map((view) => [view.id, view]));
    const held = this.held ?? [];
    this.held = null;
    for (const view of held) this.update(view);
  }

  /** Takes one station as it is now. Answers whether it can be shown yet. */
  update(view) {
    if (this.held) {
      this.held.push(view);
      return false;
    }
    this.stations.set(view.id, view);
    return true;
  }

  get sorted() {
    return [...this.stations.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** The stations that are in use. */
  get inUse() {
    return [...this.stations.values()].filter((view) => !view.retired);
  }

  get totals() {
    const views = this.inUse;
    const sum = (part) => views.reduce((total, view) => total + (part(view) ?? 0), 0);
    return {
      stations: views.length,
      // Where the service hears nobody, nobody's absence is known either.
      online: views.some((view) => view.online === null)
        ? null : views.filter((view) => view.online === true).length,
      inside: sum((view) => view.occupancy?.inside),
      entries: sum((view) => view.today?.entries),
      alarms: sum((view) => urgent(view.alarms).length),
    };
  }

  /** Every alarm that stands, the most urgent first. */
  get alarms() {
    return byUrgency(this.inUse
      .flatMap((view) => view.alarms.map((alarm) => ({ ...alarm, station: view }))));
  }
}

/** Whether someone should look at a station. */
export function needsAttention(view) {
  if (view.retired) return false;
  return urgent(view.alarms).length > 0 || view.online !== true || view.clockTrusted === false
    || hasManyRefusals(view);
}

/** Whether people are turned away today beyond the one or other stale screenshot. */
export function hasManyRefusals({ today }) {
  return today !== undefined && today.refused >= 10 && today.refused * 2 > today.granted;
}
