/** Times as Slack shows them, in the viewer's own zone. */

const DAY = 86400;

export const secondsOf = (ts) => Number(ts);
export const dateOf = (ts) => new Date(Number(ts) * 1000);

const format = (options) => (date) => new Intl.DateTimeFormat(undefined, options).format(date);

export const clock = format({ hour: "numeric", minute: "2-digit" });
export const clockSeconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const numeric = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const short = format({ month: "short", day: "numeric", year: "numeric" });
const medium = format({ month: "long", day: "numeric", year: "numeric" });
const long = format({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const divider = format({ weekday: "long", month: "long", day: "numeric" });

const dayNumber = (date) => Math.floor((date.getTime() / 1000 - date.getTimezoneOffset() * 60) / DAY);

/** "Today", "Yesterday", "Tomorrow", or what `otherwise` makes of the date. */
function pretty(date, otherwise) {
  const distance = dayNumber(date) - dayNumber(new Date());
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[distance] ?? otherwise(date);
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const dayKey = (date) => String(dayNumber(date));
export const dayTitle = (date) => capital(pretty(date, divider));
export const fullTime = (date) => `${long(date)}, ${clockSeconds(date)}`;

export function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const units = [
    ["day", DAY],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units.at(-1);
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

const TOKENS = {
  date_num: numeric,
  date_slash: numeric,
  date: medium,
  date_short: short,
  date_long: long,
  date_pretty: (date) => pretty(date, medium),
  date_short_pretty: (date) => pretty(date, short),
  date_long_pretty: (date) => pretty(date, long),
  day_divider_pretty: (date) => pretty(date, divider),
  time: clock,
  time_secs: clockSeconds,
  ago,
};

/** Fills a Slack date format such as "{date_short_pretty} at {time}"; null when the time is not a number. */
export function slackDate(unix, pattern) {
  const date = new Date(Number(unix) * 1000);
  if (!/^-?\d+$/.test(String(unix)) || Number.isNaN(date.getTime())) return null;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => (TOKENS[token] ? TOKENS[token](date) : whole));
  return pattern.startsWith("{") ? capital(text) : text;
}
