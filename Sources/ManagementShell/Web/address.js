// The address of the dashboard: the page that it names, and the place on that page.

/** The parts of a hash: the word that names the page, what follows it, and the query. */
export function readAddress(hash) {
  const [, path = "", query = ""] = hash.match(/^#\/([a-z0-9/-]+)(?:\?(.*))?$/) ?? [];
  const [word, rest = ""] = path.split("/");
  return { word, rest, query: new URLSearchParams(query) };
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

/** The hash of the members page with one member, with those that a search finds, or with all. */
export function membersAddress({ member = "", search = "" } = {}) {
  const query = new URLSearchParams(member ? { member } : search ? { search } : {});
  return `#/members${query.size ? `?${query}` : ""}`;
}

/** The hash of the points page with a member's statement, or with none. */
export function pointsAddress(member = "") {
  return `#/points${member ? `?${new URLSearchParams({ member })}` : ""}`;
}
