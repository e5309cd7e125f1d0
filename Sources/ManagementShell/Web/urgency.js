// How soon somebody has to look: the order of alarms, and which of them are more than a notice.

const severities = ["life", "security", "fault", "notice"];

/** The alarms with the most urgent first, and of equal ones the newest. */
export function byUrgency(alarms) {
  const rank = ({ severity }) => severities.indexOf(severity);
  return [...alarms].sort((one, other) => rank(one) - rank(other) || other.since - one.since);
}

/** The alarms about which somebody has to do something. */
export function urgent(alarms) {
  return alarms.filter(({ severity }) => severity !== "notice");
}
