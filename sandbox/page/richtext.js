/** The rich_text block: sections, lists, preformatted text and quotes, as Slack's own composer makes them. */

import { fragment, h } from "./dom.js";
import { emojiNode, channelMention, dateNode, link, userMention } from "./mrkdwn.js";
import { workspace } from "./workspace.js";

export function richText(block) {
  return h("div", { class: "rich-text" }, (block.elements ?? []).map(part));
}

const PARTS = {
  rich_text_section: (element) => h("div", { class: "rich-section" }, inlineAll(element.elements)),
  rich_text_preformatted: (element) => h("pre", { class: "pre", tabindex: "0" }, inlineAll(element.elements)),
  rich_text_quote: (element) => h("blockquote", { class: "quote" }, inlineAll(element.elements)),
  rich_text_list: list,
};

const part = (element) => (PARTS[element.type] ?? unknown)(element);

function list(element) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  const items = (element.elements ?? []).map((item) => h("li", {}, inlineAll(item.elements ?? [item])));
  const first = element.offset ? element.offset + 1 : null;
  return h(
    tag,
    { class: `rich-list indent-${Math.min(element.indent ?? 0, 6)}`, start: tag === "ol" ? first : null },
    items,
  );
}

const inlineAll = (elements) =>
  fragment((elements ?? []).map((element) => styled(element, (INLINE[element.type] ?? unknown)(element))));

const INLINE = {
  text: (element) =>
    fragment(
      String(element.text ?? "")
        .split("\n")
        .map((row, index) => [index ? h("br") : null, row]),
    ),
  link: (element) => link(element.url, element.text || element.url) ?? element.text ?? element.url,
  emoji: (element) =>
    element.unicode ? h("span", { class: "emoji" }, fromUnicode(element.unicode)) : emojiNode(element.name),
  user: (element) => userMention(element.user_id),
  channel: (element) => channelMention(element.channel_id),
  usergroup: (element) => h("span", { class: "mention" }, `@${element.usergroup_id}`),
  broadcast: (element) => h("span", { class: "mention is-me" }, `@${element.range}`),
  date: (element) =>
    dateNode(
      element.timestamp,
      element.format ?? "{date} {time}",
      element.url,
      element.fallback ?? String(element.timestamp),
    ),
  color: (element) => h("code", { class: "code" }, element.value),
  team: () => workspace.team.name,
};

const fromUnicode = (codes) => String.fromCodePoint(...codes.split("-").map((code) => parseInt(code, 16)));
const unknown = (element) => element.text ?? `[${element.type}]`;

function styled(element, node) {
  const style = element.style ?? {};
  const tags = [
    ["code", style.code],
    ["s", style.strike],
    ["i", style.italic],
    ["b", style.bold],
    ["u", style.underline],
  ];
  return tags
    .filter(([, on]) => on)
    .reduce((inner, [tag]) => h(tag, tag === "code" ? { class: "code" } : {}, inner), node);
}
