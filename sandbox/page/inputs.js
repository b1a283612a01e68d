/** Text inputs: one line, several lines, e-mail, address, number, and rich text as plain paragraphs. */

import { h } from "./dom.js";
import { focusData } from "./focus.js";
import { plainText } from "./mrkdwn.js";

const TYPES = { email_text_input: "email", url_text_input: "url", number_input: "text" };

export function textInput(element, block, surface, label) {
  const isLong = element.multiline || element.type === "rich_text_input";
  const codec = element.type === "rich_text_input" ? RICH : PLAIN;
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const send = () => surface.change(block, element, codec.pack(node.value), node);
  const keep = () => surface.state.set(block, element, codec.pack(node.value));
  const node = h(isLong ? "textarea" : "input", {
    class: "input",
    type: isLong ? null : (TYPES[element.type] ?? "text"),
    inputmode: element.type === "number_input" ? "decimal" : null,
    rows: isLong ? 4 : null,
    placeholder: plainText(element.placeholder) || null,
    "aria-label": label,
    maxlength: element.max_length,
    autocomplete: "off",
    dataset: focusData(block, element),
    oninput: () => {
      if (block.dispatch_action && triggers.includes("on_character_entered")) send();
      else keep();
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" || isLong || !block.dispatch_action || !triggers.includes("on_enter_pressed")) return;
      event.preventDefault();
      send();
    },
  });
  node.value = codec.unpack(surface.state.get(block, element));
  return node;
}

const PLAIN = { pack: (text) => (text === "" ? null : text), unpack: (value) => value ?? "" };

const RICH = {
  pack: (text) =>
    text === ""
      ? null
      : { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] },
  unpack: (value) =>
    (value?.elements ?? [])
      .flatMap((section) => section.elements ?? [])
      .map((part) => part.text ?? part.url ?? "")
      .join(""),
};
