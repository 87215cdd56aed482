// How times, counts and codes are written.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const REGIONS = new Intl.DisplayNames(["en"], { type: "region" });

export const SEVERITIES = ["critical", "high", "medium", "low"];
export const CHANNELS = { slack: "Slack", pagerduty: "PagerDuty", sns: "E-mail" };

export function date(at) {
  return at.slice(0, 10);
}

export function clock(at, seconds = false) {
  return at.slice(11, seconds ? 19 : 16);
}

export function shortDay(milliseconds) {
  const at = new Date(milliseconds);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
}

export function month(milliseconds) {
  const at = new Date(milliseconds);
  return at.getUTCMonth() ? MONTHS[at.getUTCMonth()] : String(at.getUTCFullYear());
}

export function number(value) {
  return value.toLocaleString("en");
}

export function count(value, word) {
  return `${number(value)} ${word}${value === 1 ? "" : "s"}`;
}

export function days(first, last) {
  if (!first || !last) return 0;
  return Math.round((Date.parse(date(last)) - Date.parse(date(first))) / 86_400_000) + 1;
}

export function country(code) {
  if (!code) return "Not in any registry";
  try {
    return REGIONS.of(code) ?? code;
  } catch {
    return code;
  }
}
