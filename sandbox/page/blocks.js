/** Block Kit: from blocks to nodes. A block it does not know, or cannot draw, is shown as what it is. */

import { chart } from "./chart.js";
import { append, fragment, h, uid } from "./dom.js";
import { button, elementNode } from "./elements.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { plan, taskCard } from "./plans.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

/** Draws the blocks of a message or view on a surface (surface.js), in order. */
export const blockNodes = (blocks, surface) => fragment((blocks ?? []).map((block) => blockNode(block, surface)));

function blockNode(block, surface) {
  const draw = BLOCKS[block?.type];
  const node = draw ? attempt(() => draw(block, surface)) : null;
  return h("div", { class: `block is-${block?.type}`, dataset: { block: block?.block_id ?? "" } }, node ?? raw(block));
}

function attempt(draw) {
  try {
    return draw();
  } catch (error) {
    console.error("a block could not be drawn", error);
    return null;
  }
}

const raw = (block) =>
  h(
    "details",
    { class: "unknown" },
    h("summary", {}, `A “${block?.type}” block, which this page does not draw`),
    h("pre", { class: "pre" }, JSON.stringify(block, null, 2)),
  );

function section(block, surface) {
  const { text, fields, accessory } = block;
  return h(
    "div",
    { class: `section${accessory ? " has-accessory" : ""}` },
    h(
      "div",
      { class: "section-body" },
      text ? h("div", { class: "text" }, textObject(text)) : null,
      fields
        ? h(
            "div",
            { class: "fields" },
            fields.map((field) => h("div", { class: "field text" }, textObject(field))),
          )
        : null,
    ),
    accessory
      ? h(
          "div",
          { class: "accessory" },
          elementNode(accessory, block, surface, text ? plainText(text).slice(0, 80) : ""),
        )
      : null,
  );
}

const header = (block) =>
  h(
    "div",
    { class: `header-block level-${block.level ?? 1}`, role: "heading", "aria-level": (block.level ?? 1) + 2 },
    textObject(block.text),
  );

function context(block) {
  const one = (element) =>
    element.type === "image"
      ? h("img", { class: "context-image", src: element.image_url, alt: element.alt_text ?? "" })
      : h("span", { class: "context-text" }, textObject(element));
  return h("div", { class: "context" }, (block.elements ?? []).map(one));
}

const actions = (block, surface) =>
  h(
    "div",
    { class: "actions" },
    (block.elements ?? []).map((element) => elementNode(element, block, surface)),
  );

const contextActions = (block, surface) =>
  h(
    "div",
    { class: "context-actions" },
    (block.elements ?? []).map((element) => elementNode(element, block, surface)),
  );

function image(block) {
  return h(
    "figure",
    { class: "figure" },
    block.title ? h("figcaption", {}, textObject(block.title)) : null,
    h("img", { src: block.image_url ?? block.slack_file?.url, alt: block.alt_text ?? "", loading: "lazy" }),
  );
}

function input(block, surface) {
  const label = plainText(block.label);
  const error = surface.errors[block.block_id];
  const errorId = uid("error");
  const node = elementNode(block.element, block, surface, label);
  const control = node.matches?.("input, textarea") ? node : node.querySelector?.("input, textarea, .picker");
  if (error) {
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", errorId);
  }
  return h(
    "div",
    { class: `input-block${error ? " has-error" : ""}` },
    h(
      "div",
      { class: "label" },
      textObject(block.label),
      block.optional ? h("span", { class: "optional" }, " (optional)") : null,
    ),
    node,
    error ? h("div", { class: "error", id: errorId, role: "alert" }, icon("warning", 16), h("span", {}, error)) : null,
    block.hint ? h("div", { class: "hint" }, textObject(block.hint)) : null,
  );
}

function container(block, surface) {
  const head = [
    block.icon ? h("img", { class: "context-image", src: block.icon.image_url, alt: block.icon.alt_text ?? "" }) : null,
    h(
      "span",
      { class: "container-titles" },
      h(
        "span",
        { class: "container-title" },
        block.rich_text_title ? richText(block.rich_text_title) : textObject(block.title),
      ),
      block.subtitle ? h("span", { class: "container-subtitle" }, textObject(block.subtitle)) : null,
    ),
  ];
  const body = h("div", { class: "container-body" }, blockNodes(block.child_blocks, surface));
  const shape = `container width-${block.width ?? "standard"}`;
  if (!block.is_collapsible) return h("div", { class: shape }, h("div", { class: "container-head" }, head), body);
  return h(
    "details",
    { class: shape, open: !block.default_collapsed },
    h("summary", { class: "container-head" }, head, icon("down", 16)),
    body,
  );
}

const ALERT_ICONS = { warning: "warning", error: "warning", success: "check" };

function alert(block) {
  const level = block.level ?? "default";
  return h(
    "div",
    { class: `alert is-${level}`, role: level === "error" ? "alert" : "note" },
    icon(ALERT_ICONS[level] ?? "info"),
    h("div", { class: "text" }, textObject(block.text)),
  );
}

function card(block, surface) {
  return h(
    "div",
    { class: "card" },
    block.hero_image
      ? h("img", { class: "card-hero", src: block.hero_image.image_url, alt: block.hero_image.alt_text ?? "" })
      : null,
    h("div", { class: "card-title" }, textObject(block.title)),
    h("div", { class: "card-subtitle" }, textObject(block.subtitle)),
    h("div", { class: "text" }, textObject(block.body)),
    block.actions
      ? h(
          "div",
          { class: "actions" },
          block.actions.map((element) => button(element, block, surface)),
        )
      : null,
  );
}

const file = (block) => h("div", { class: "unknown" }, `File ${block.external_id ?? ""}`);

const BLOCKS = {
  section,
  header,
  context,
  actions,
  image,
  input,
  plan,
  container,
  alert,
  card,
  file,
  table,
  context_actions: contextActions,
  divider: () => h("hr", { class: "divider" }),
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  data_table: dataTable,
  data_visualization: chart,
  task_card: taskCard,
  carousel: (block, surface) =>
    append(
      h("div", { class: "carousel", tabindex: "0" }),
      (block.elements ?? []).map((each) => card(each, surface)),
    ),
};
