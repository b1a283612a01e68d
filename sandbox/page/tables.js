/** The table and data_table blocks. Each scrolls in its own box, so that a wide one never moves the page. */

import { h } from "./dom.js";
import { richText } from "./richtext.js";

export function table(block) {
  const [head, ...body] = block.rows ?? [];
  return tableBox(block, { head, body, caption: null, rowHeader: null });
}

export function dataTable(block) {
  const [head, ...body] = block.rows ?? [];
  return tableBox(block, { head, body, caption: block.caption, rowHeader: block.row_header_column_index ?? null });
}

function tableBox(block, { head, body, caption, rowHeader }) {
  const settings = block.column_settings ?? [];
  const rowOf = (cells, isHead) =>
    h(
      "tr",
      {},
      (cells ?? []).map((cell, column) =>
        cellNode(cell, settings[column] ?? {}, isHead ? "col" : column === rowHeader ? "row" : null),
      ),
    );
  return h(
    "div",
    { class: "table-box", tabindex: "0", role: "region", "aria-label": caption || "Table" },
    h(
      "table",
      { class: "table" },
      caption ? h("caption", {}, caption) : null,
      h("thead", {}, rowOf(head, true)),
      h(
        "tbody",
        {},
        body.map((cells) => rowOf(cells, false)),
      ),
    ),
  );
}

function cellNode(cell, setting, scope) {
  const isNumber = cell?.type === "raw_number";
  const align = setting.align ?? (isNumber ? "right" : "left");
  const classes = [`align-${align}`, setting.is_wrapped ? "is-wrapped" : null].filter(Boolean).join(" ");
  return h(scope ? "th" : "td", { class: classes, scope }, cellText(cell));
}

function cellText(cell) {
  if (cell?.type === "rich_text") return richText(cell);
  return cell?.text ?? (cell?.value === undefined ? "" : String(cell.value));
}
