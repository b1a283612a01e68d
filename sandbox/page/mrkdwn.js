/** Slack's mrkdwn, from escaped text to nodes. What it does not know it shows as text. */

import { fragment, h } from "./dom.js";
import { emojiOf, withEmoji } from "./emoji.js";
import { slackDate } from "./time.js";
import { pageUrl, workspace } from "./workspace.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Undoes Slack's escaping, once. */
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** Draws a mrkdwn string with its blocks (``` and quotes) and inline marks. */
export function mrkdwn(text) {
  const parts = String(text ?? "").split(/```([\s\S]*?)```/);
  return fragment(
    parts.map((part, index) => (index % 2 ? preformatted(part) : lines(trimAround(part, index, parts.length)))),
  );
}

/** Draws a text object of Block Kit: `mrkdwn` is parsed, `plain_text` only gets its emoji. */
export function textObject(object) {
  if (!object) return fragment();
  if (typeof object === "string") return fragment(withEmoji(object));
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return fragment(breaks(object.emoji === false ? object.text : withEmoji(object.text)));
}

/** The same as one plain string, for labels and announcements. */
export const plainText = (object) => fragmentText(textObject(object));
export const fragmentText = (node) => node.textContent.replace(/\s+/g, " ").trim();

// The line break beside a ``` fence belongs to the fence.
function trimAround(part, index, count) {
  const start = index > 0 ? part.replace(/^\n/, "") : part;
  return index < count - 1 ? start.replace(/\n$/, "") : start;
}

const preformatted = (text) =>
  h("pre", { class: "pre", tabindex: "0" }, pieces(text.replace(/^\n|\n$/g, ""), ANGLE, angle));

function lines(text) {
  if (!text) return null;
  const nodes = [];
  const rows = text.split("\n");
  while (rows.length) {
    const quoted = takeQuote(rows);
    nodes.push(quoted ? h("blockquote", { class: "quote" }, joined(quoted)) : joined(takePlain(rows)));
  }
  return nodes;
}

const QUOTE = /^(?:&gt;|>) ?/;
const LONG_QUOTE = /^(?:&gt;|>){3} ?/;

function takeQuote(rows) {
  if (LONG_QUOTE.test(rows[0])) {
    const all = rows.splice(0);
    return [all[0].replace(LONG_QUOTE, ""), ...all.slice(1)];
  }
  const end = rows.findIndex((row) => !QUOTE.test(row));
  const count = end === -1 ? rows.length : end;
  return count ? rows.splice(0, count).map((row) => row.replace(QUOTE, "")) : null;
}

function takePlain(rows) {
  const end = rows.findIndex((row) => QUOTE.test(row));
  return rows.splice(0, end === -1 ? rows.length : end);
}

const joined = (rows) => rows.map((row, index) => [index ? h("br") : null, inline(row)]);
const breaks = (text) =>
  String(text ?? "")
    .split("\n")
    .map((row, index) => [index ? h("br") : null, row]);

const ANGLE = /<([^<>\n]+)>/;
const ATOM =
  /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+):(?::skin-tone-\d:)?|(https?:\/\/[^\s<>`]*[^\s<>`.,;:!?)\]}'"*_~])|([\uE000-\uF8FF])/g;
const FIRST_ATOM = 0xe000;

/** Marks inside one line. Code, links and emoji become atoms first, so that the styles around them cannot cut through them. */
function inline(row) {
  const atoms = [];
  const marked = row.replace(ATOM, (whole, code, inner, emoji, url, stray) => {
    const node = atomNode({ whole, code, inner, emoji, url, stray });
    if (node === null) return whole;
    atoms.push(node);
    return String.fromCharCode(FIRST_ATOM + atoms.length - 1);
  });
  return styled(marked, atoms);
}

function atomNode({ whole, code, inner, emoji, url, stray }) {
  if (code) return h("code", { class: "code" }, unescape(code));
  if (inner) return angle(inner) ?? document.createTextNode(whole);
  if (emoji) return emojiOf(emoji) && emojiNode(emoji);
  if (url) return link(url, url);
  return document.createTextNode(stray);
}

export const emojiNode = (name) =>
  h(
    "span",
    { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` },
    emojiOf(name) ?? `:${name}:`,
  );

const STYLES = [
  ["b", /(?<![\p{L}\p{N}*])\*(?=\S)(.+?)(?<=\S)\*(?![\p{L}\p{N}*])/u],
  ["i", /(?<![\p{L}\p{N}_])_(?=\S)(.+?)(?<=\S)_(?![\p{L}\p{N}_])/u],
  ["s", /(?<![\p{L}\p{N}~])~(?=\S)(.+?)(?<=\S)~(?![\p{L}\p{N}~])/u],
];

function styled(text, atoms) {
  const found = STYLES.map(([tag, pattern]) => ({ tag, match: pattern.exec(text) })).filter(({ match }) => match);
  if (!found.length) return plain(text, atoms);
  const { tag, match } = found.reduce((first, next) => (next.match.index < first.match.index ? next : first));
  return [
    plain(text.slice(0, match.index), atoms),
    h(tag, {}, styled(match[1], atoms)),
    styled(text.slice(match.index + match[0].length), atoms),
  ];
}

const plain = (text, atoms) =>
  text
    .split(/([\uE000-\uF8FF])/)
    .map((piece, index) => (index % 2 ? atoms[piece.charCodeAt(0) - FIRST_ATOM] : unescape(piece)));

/** Splits by a pattern with one group and draws the groups; the rest is text. */
function pieces(text, pattern, draw) {
  return text
    .split(new RegExp(pattern, "g"))
    .map((piece, index) => (index % 2 ? (draw(piece) ?? `<${piece}>`) : unescape(piece)));
}

/** What stands between < and >: a mention, a channel, a date, a link; null when it is none of these. */
function angle(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inner.slice(bar + 1));
  if (/^@[UW]\w+$/.test(target)) return userMention(target.slice(1), label);
  if (/^#C\w+$/.test(target)) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(unescape(target), label || unescape(target).replace(/^mailto:/, ""));
}

export function userMention(id, label = "") {
  const isMine = id === workspace.me;
  return h(
    "span",
    { class: isMine ? "mention is-me" : "mention", title: workspace.userName(id) },
    `@${label || workspace.userName(id)}`,
  );
}

export function channelMention(id, label = "") {
  const channel = workspace.channel(id);
  const name = channel ? channel.name : label || id;
  return h("a", { class: "mention", href: pageUrl({ channel: id }), dataset: { channel: id } }, `#${name}`);
}

function special(target, label) {
  const [kind, ...rest] = target.split("^");
  if (["here", "channel", "everyone"].includes(kind)) return h("span", { class: "mention is-me" }, `@${kind}`);
  if (kind === "subteam") return h("span", { class: "mention" }, label || `@${rest[0]}`);
  if (kind === "date") return dateNode(rest[0], rest[1] ?? "", rest[2], label);
  return label ? h("span", { class: "mention" }, label) : null;
}

export function dateNode(unix, pattern, url, fallback) {
  const text = slackDate(unix, pattern) ?? fallback;
  const time = h("time", { class: "date", title: fallback }, text);
  return url ? (link(url, time) ?? time) : time;
}

/** A link that opens in its own tab; null when the address is not one that a person may safely follow. */
export function link(url, label) {
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(url)) return null;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}
