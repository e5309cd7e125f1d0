// What the address of the page names: the overview, a station, events, or points.

/** The place that a hash names; anything unknown is the overview. */
export function readAddress(hash) {
  const [, path = "", query = ""] = hash.match(/^#\/([a-z0-9/-]+)(?:\?(.*))?$/) ?? [];
  const [page, station = ""] = path.split("/");
  if (page === "station") return { page: "overview", station };
  if (page === "points") {
    return { page, station: "", member: new URLSearchParams(query).get("member") ?? "" };
  }
  if (page !== "events") return { page: "overview", station: "" };
  const wanted = new URLSearchParams(query);
  return {
    page, filter: {
      station: wanted.get("station") ?? "", kind: wanted.get("kind") ?? "",
      refusals: wanted.has("refusals"),
    },
  };
}

/** The hash of the events page under a filter. */
export function eventsAddress({ station = "", kind = "", refusals = false } = {}) {
  const query = new URLSearchParams();
  if (station) query.set("station", station);
  if (kind) query.set("kind", kind);
  if (refusals) query.set("refusals", "");
  const text = query.toString().replace(/=(?=&|$)/g, "");
  return `#/events${text ? `?${text}` : ""}`;
}

/** The hash of the points page with a member's statement, or with none. */
export function pointsAddress(member = "") {
  return `#/points${member ? `?${new URLSearchParams({ member })}` : ""}`;
}
