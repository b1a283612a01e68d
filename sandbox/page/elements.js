/** The interactive elements of Block Kit. Each function takes (element, block, surface, label) and returns a node. */

import { h, uid } from "./dom.js";
import { focusData } from "./focus.js";
import { icon } from "./icons.js";
import { plainText, textObject } from "./mrkdwn.js";
import { picker } from "./picker.js";
import { openMenu } from "./popover.js";
import { channelChoices, conversationChoices, optionChoices, peopleChoices } from "./choices.js";
import { textInput } from "./inputs.js";
import { workspace } from "./workspace.js";

const labelOf = (element, label) => element.accessibility_label || label || plainText(element.placeholder) || "Choose";

const isVisible = (element) => !element.visible_to_user_ids || element.visible_to_user_ids.includes(workspace.me);

export function button(element, block, surface) {
  if (!isVisible(element)) return null;
  const node = h(
    "button",
    {
      type: "button",
      class: `button ${element.style ? `is-${element.style}` : ""}`,
      "aria-label": element.accessibility_label,
      dataset: focusData(block, element),
    },
    h("span", { class: "button-text" }, textObject(element.text)),
  );
  node.addEventListener("click", () => {
    if (element.url) window.open(element.url, "_blank", "noopener,noreferrer");
    surface.click(block, element, { value: element.value ?? null }, node);
  });
  return node;
}

function overflow(element, block, surface) {
  const node = h(
    "button",
    {
      type: "button",
      class: "button is-overflow",
      "aria-label": element.accessibility_label ?? "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      dataset: focusData(block, element),
    },
    icon("dots", 20),
  );
  const choose = (option) => {
    if (option.url) window.open(option.url, "_blank", "noopener,noreferrer");
    surface.click(block, element, { selected_option: option }, node);
  };
  const items = (element.options ?? []).map((option) => ({
    label: plainText(option.text),
    hint: plainText(option.description),
    run: () => choose(option),
  }));
  node.addEventListener("click", () => openMenu(node, items, { label: "More actions" }));
  return node;
}

/** A select menu; `choices` may be picked by id, `pack` turns picked ids into the element's value and `unpack` back. */
function select({ choices, pack, unpack, isMulti }) {
  return (element, block, surface, label) => {
    const list = choices(element);
    const node = h("span", { class: "element" });
    const draw = () =>
      node.replaceChildren(
        picker({
          label: labelOf(element, label),
          placeholder: plainText(element.placeholder) || "Choose an option",
          choices: list,
          selected: unpack(surface.state.get(block, element), element),
          isMulti,
          max: element.max_selected_items,
          dataset: focusData(block, element),
          onChange: (ids) => surface.change(block, element, pack(ids, element), node, draw),
        }),
      );
    draw();
    return node;
  };
}

const optionsOf = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);
const one = { pack: (ids) => ids[0] ?? null, unpack: (value) => (value ? [value] : []), isMulti: false };
const many = { pack: (ids) => ids, unpack: (value) => value ?? [], isMulti: true };
const option = {
  pack: ([value], element) => optionsOf(element).find((each) => each.value === value) ?? null,
  unpack: (value) => (value ? [value.value] : []),
  isMulti: false,
  choices: optionChoices,
};
const options = {
  pack: (values, element) =>
    values.map((value) => optionsOf(element).find((each) => each.value === value)).filter(Boolean),
  unpack: (value) => (value ?? []).map((each) => each.value),
  isMulti: true,
  choices: optionChoices,
};

/** Checkboxes and radio buttons: real inputs, with the option's text as their label. */
function boxes(type) {
  return (element, block, surface, label) => {
    const name = uid("boxes");
    const group = h("div", {
      class: "boxes",
      role: type === "radio" ? "radiogroup" : "group",
      "aria-label": labelOf(element, label),
    });
    const chosen = () => [surface.state.get(block, element) ?? []].flat().map((each) => each.value);
    const restore = () =>
      inputs().forEach((input) => {
        input.checked = chosen().includes(input.value);
      });
    const inputs = () => [...group.querySelectorAll("input")];
    const change = () => {
      const picked = inputs()
        .filter((input) => input.checked)
        .map((input) => element.options.find((each) => each.value === input.value));
      surface.change(block, element, type === "radio" ? (picked[0] ?? null) : picked, group, restore);
    };
    group.append(
      ...(element.options ?? []).map((each) =>
        box({ type, name, each, change, dataset: focusData(block, element, `/${each.value}`) }),
      ),
    );
    restore();
    return group;
  };
}

function box({ type, name, each, change, dataset }) {
  return h(
    "label",
    { class: "box" },
    h("input", { type, name, value: each.value, onchange: change, dataset }),
    h(
      "span",
      { class: "box-text" },
      h("span", {}, textObject(each.text)),
      each.description ? h("span", { class: "box-hint" }, textObject(each.description)) : null,
    ),
  );
}

/** Dates and times by the browser's own pickers, which every phone knows how to show. */
function native(type, { toInput = (value) => value ?? "", fromInput = (text) => text || null } = {}) {
  return (element, block, surface, label) =>
    h("input", {
      type,
      class: "input is-native",
      "aria-label": labelOf(element, label),
      value: toInput(surface.state.get(block, element)),
      dataset: focusData(block, element),
      onchange: (event) =>
        surface.change(block, element, fromInput(event.target.value), event.target, (before) => {
          event.target.value = toInput(before);
        }),
    });
}

const localMinute = (unix) =>
  new Date(unix * 1000 - new Date(unix * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16);

function iconButton(element, block, surface) {
  if (!isVisible(element)) return null;
  const name = element.accessibility_label ?? plainText(element.text);
  const node = h(
    "button",
    {
      type: "button",
      class: "icon-button is-small",
      "aria-label": name,
      title: name,
      dataset: focusData(block, element),
    },
    icon(element.icon ?? "dots", 16),
  );
  node.addEventListener("click", () => surface.click(block, element, { value: element.value ?? null }, node));
  return node;
}

function feedback(element, block, surface) {
  const half = (choice, name) => {
    const label = choice?.accessibility_label ?? plainText(choice?.text);
    const node = h(
      "button",
      {
        type: "button",
        class: "icon-button is-small",
        "aria-label": label,
        title: label,
        dataset: focusData(block, element, `/${name}`),
      },
      icon(name, 16),
    );
    node.addEventListener("click", () => surface.click(block, element, { value: choice?.value ?? null }, node));
    return node;
  };
  return h(
    "span",
    { class: "feedback" },
    half(element.positive_button, "up"),
    half(element.negative_button, "dislike"),
  );
}

const image = (element) =>
  h("img", { class: "element-image", src: element.image_url, alt: element.alt_text ?? "", loading: "lazy" });

const unknown = (element) => h("span", { class: "unknown" }, `${element.type} cannot be used here`);

const ELEMENTS = {
  button,
  overflow,
  image,
  icon_button: iconButton,
  feedback_buttons: feedback,
  workflow_button: button,
  static_select: select(option),
  multi_static_select: select(options),
  users_select: select({ ...one, choices: peopleChoices }),
  multi_users_select: select({ ...many, choices: peopleChoices }),
  channels_select: select({ ...one, choices: channelChoices }),
  multi_channels_select: select({ ...many, choices: channelChoices }),
  conversations_select: select({ ...one, choices: conversationChoices }),
  multi_conversations_select: select({ ...many, choices: conversationChoices }),
  checkboxes: boxes("checkbox"),
  radio_buttons: boxes("radio"),
  datepicker: native("date"),
  timepicker: native("time"),
  datetimepicker: native("datetime-local", {
    toInput: (unix) => (unix ? localMinute(unix) : ""),
    fromInput: (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null),
  }),
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  rich_text_input: textInput,
};

export const elementNode = (element, block, surface, label) =>
  (ELEMENTS[element.type] ?? unknown)(element, block, surface, label);
