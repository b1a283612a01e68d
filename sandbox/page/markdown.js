/** The markdown block: headings, lists, tasks, quotes, fences, tables, rules and inline marks of standard Markdown. */

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

export function markdown(text) {
  const rows = String(text ?? "").split("\n");
  const nodes = [];
  while (rows.length) {
    const take = TAKERS.find(({ starts }) => starts.test(rows[0]));
    nodes.push(take ? take.draw(rows) : paragraph(rows));
  }
  return h("div", { class: "markdown" }, nodes);
}

const TAKERS = [
  {
    starts: /^\s*$/,
    draw: (rows) => {
      rows.shift();
      return null;
    },
  },
  { starts: /^```/, draw: fence },
  { starts: /^#{1,6} /, draw: heading },
  {
    starts: /^\s*([-*_])(\s*\1){2,}\s*$/,
    draw: (rows) => {
      rows.shift();
      return h("hr");
    },
  },
  { starts: /^> ?/, draw: quote },
  { starts: /^\s*([-*+]|\d+[.)]) /, draw: list },
  { starts: /^\|.*\|\s*$/, draw: table },
];

function takeWhile(rows, pattern) {
  const end = rows.findIndex((row) => !pattern.test(row));
  return rows.splice(0, end === -1 ? rows.length : end);
}

function fence(rows) {
  rows.shift();
  const body = takeWhile(rows, /^(?!```)/);
  rows.shift();
  return h("pre", { class: "pre", tabindex: "0" }, body.join("\n"));
}

function heading(rows) {
  const [, marks, title] = /^(#{1,6}) (.*)$/.exec(rows.shift());
  return h(
    "div",
    { class: `md-heading level-${marks.length}`, role: "heading", "aria-level": Math.min(marks.length + 2, 6) },
    inline(title),
  );
}

function quote(rows) {
  const inner = takeWhile(rows, /^>/).map((row) => row.replace(/^> ?/, ""));
  return h("blockquote", { class: "quote" }, joined(inner));
}

const ITEM = /^(\s*)([-*+]|\d+[.)]) (?:\[([ xX])\] )?(.*)$/;

function list(rows) {
  const items = takeWhile(rows, /^\s*([-*+]|\d+[.)]) /).map((row) => ITEM.exec(row));
  const tag = /\d/.test(items[0][2]) ? "ol" : "ul";
  return h(
    tag,
    { class: "rich-list" },
    items.map(([, indent, , box, text]) =>
      h(
        "li",
        { class: `indent-${Math.min(Math.floor(indent.length / 2), 6)}${box ? " is-task" : ""}` },
        box ? (box === " " ? "☐ " : "☑ ") : null,
        inline(text),
      ),
    ),
  );
}

function table(rows) {
  const lines = takeWhile(rows, /^\|.*\|\s*$/).map((row) =>
    row
      .trim()
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
  const isRule = (cells) => cells.every((cell) => /^:?-+:?$/.test(cell));
  const [head, ...body] = lines.filter((cells) => !isRule(cells));
  const cellsOf = (tag, cells) =>
    h(
      "tr",
      {},
      cells.map((cell) => h(tag, {}, inline(cell))),
    );
  return h(
    "div",
    { class: "table-box", tabindex: "0" },
    h(
      "table",
      { class: "table" },
      h("thead", {}, cellsOf("th", head)),
      h(
        "tbody",
        {},
        body.map((cells) => cellsOf("td", cells)),
      ),
    ),
  );
}

function paragraph(rows) {
  const body = [rows.shift()];
  while (rows.length && !TAKERS.some(({ starts }) => starts.test(rows[0]))) body.push(rows.shift());
  return h("p", {}, joined(body));
}

const joined = (rows) => rows.map((row, index) => [index ? h("br") : null, inline(row)]);

const MARKS = [
  { pattern: /`([^`]+)`/, draw: (match) => h("code", { class: "code" }, match[1]) },
  { pattern: /\[([^\]]+)\]\(([^)\s]+)\)/, draw: (match) => link(match[2], inline(match[1])) ?? match[0] },
  { pattern: /https?:\/\/[^\s<>)]*[^\s<>).,;:!?]/, draw: (match) => link(match[0], match[0]) },
  { pattern: /\*\*(.+?)\*\*|__(.+?)__/, draw: (match) => h("b", {}, inline(match[1] ?? match[2])) },
  {
    pattern: /(?<!\w)\*([^*\s][^*]*)\*|(?<!\w)_([^_\s][^_]*)_(?!\w)/,
    draw: (match) => h("i", {}, inline(match[1] ?? match[2])),
  },
  { pattern: /~~(.+?)~~/, draw: (match) => h("s", {}, inline(match[1])) },
];

function inline(text) {
  const found = MARKS.map((mark) => ({ mark, match: mark.pattern.exec(text) })).filter(({ match }) => match);
  if (!found.length) return withEmoji(text);
  const { mark, match } = found.reduce((first, next) => (next.match.index < first.match.index ? next : first));
  return [withEmoji(text.slice(0, match.index)), mark.draw(match), inline(text.slice(match.index + match[0].length))];
}
