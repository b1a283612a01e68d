/** The select menus of Block Kit: a field that opens a list with a filter; one choice or several. */

import { fill, h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { closePopover, openPopover } from "./popover.js";

const FILTER_FROM = 7;

/**
 * @typedef {{id: string, label: string, hint?: string, group?: string, lead?: () => Node}} Choice
 * @param {{label: string, placeholder: string, choices: Choice[], selected: string[], isMulti: boolean, max: number, dataset: object,
 *          onChange: (ids: string[]) => void}} options
 */
export function picker({ label, placeholder, choices, selected, isMulti, max = Infinity, dataset, onChange }) {
  let chosen = [...selected];
  const field = h("button", {
    type: "button",
    class: "picker",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    dataset,
  });
  const tokens = h("span", { class: "tokens" });
  const root = h("span", { class: isMulti ? "picker-root is-multi" : "picker-root" }, isMulti ? tokens : null, field);
  const set = (ids) => {
    chosen = ids;
    draw();
    onChange(ids);
  };
  const toggle = (id) => {
    if (!isMulti) return set([id]);
    if (chosen.includes(id)) return set(chosen.filter((other) => other !== id));
    return chosen.length < max ? set([...chosen, id]) : undefined;
  };
  const nameOf = (id) => choices.find((choice) => choice.id === id)?.label ?? id;

  function draw() {
    const single = !isMulti && chosen.length ? nameOf(chosen[0]) : null;
    const shown = single ?? (isMulti && chosen.length ? "Add or remove…" : placeholder);
    field.classList.toggle("is-empty", single === null);
    field.setAttribute(
      "aria-label",
      single
        ? `${label}: ${single}`
        : isMulti && chosen.length
          ? `${label}: ${chosen.map(nameOf).join(", ")}`
          : `${label}: ${placeholder}`,
    );
    fill(field, h("span", { class: "picker-value" }, shown), icon("down", 16));
    fill(
      tokens,
      chosen.map((id) => token(nameOf(id), () => set(chosen.filter((other) => other !== id)))),
    );
  }

  field.addEventListener("click", () => {
    if (field.getAttribute("aria-expanded") === "true") return closePopover();
    field.setAttribute("aria-expanded", "true");
    return openList(field, { label, choices, isMulti, chosen: () => chosen, toggle });
  });
  draw();
  return root;
}

const token = (name, remove) =>
  h(
    "span",
    { class: "token" },
    name,
    h(
      "button",
      { type: "button", class: "token-remove", "aria-label": `Remove ${name}`, onclick: remove },
      icon("close", 12),
    ),
  );

function openList(field, { label, choices, isMulti, chosen, toggle }) {
  const listId = uid("list");
  const list = h("div", {
    class: "options",
    role: "listbox",
    id: listId,
    "aria-label": label,
    "aria-multiselectable": isMulti ? "true" : null,
  });
  const filter = h("input", {
    class: "filter",
    type: "text",
    role: "combobox",
    placeholder: "Search",
    "aria-label": `Search ${label}`,
    "aria-controls": listId,
    "aria-expanded": "true",
    autocomplete: "off",
    spellcheck: "false",
  });
  const isShort = choices.length < FILTER_FROM;
  let active = 0;
  let shown = [];

  const pick = (choice) => {
    toggle(choice.id);
    if (isMulti) draw();
    else closePopover();
  };
  function draw() {
    const wanted = filter.value.trim().toLowerCase();
    shown = choices.filter((choice) => `${choice.label} ${choice.hint ?? ""}`.toLowerCase().includes(wanted));
    active = Math.max(0, Math.min(active, shown.length - 1));
    fill(
      list,
      shown.length
        ? optionNodes(shown, { active, chosen: chosen(), listId, pick })
        : h("div", { class: "options-empty" }, "No matches"),
    );
    const node = list.querySelector(".is-active");
    node?.scrollIntoView({ block: "nearest" });
    filter.setAttribute("aria-activedescendant", node?.id ?? "");
  }
  filter.addEventListener("input", () => {
    active = 0;
    draw();
  });
  filter.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) active = (active + step + shown.length) % Math.max(1, shown.length);
    else if (event.key === "Enter" && shown[active]) pick(shown[active]);
    else if (event.key !== "Enter") return;
    event.preventDefault();
    if (step) draw();
  });

  const first = chosen()[0];
  active = Math.max(
    0,
    choices.findIndex((choice) => choice.id === first),
  );
  draw();
  openPopover(field, [h("div", { class: isShort ? "sr-only" : "filter-row" }, filter), list], {
    label,
    className: "is-picker",
    matchWidth: true,
    onClose: () => field.setAttribute("aria-expanded", "false"),
  });
  filter.focus({ preventScroll: true });
}

function optionNodes(shown, { active, chosen, listId, pick }) {
  let group = null;
  return shown.map((choice, index) => {
    const title = choice.group && choice.group !== group ? h("div", { class: "options-group" }, choice.group) : null;
    group = choice.group ?? null;
    const isChosen = chosen.includes(choice.id);
    // A click must not take the focus out of the filter: the list would close before it is heard.
    const node = h(
      "div",
      {
        class: index === active ? "option is-active" : "option",
        role: "option",
        id: `${listId}-${index}`,
        "aria-selected": String(isChosen),
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => pick(choice),
      },
      choice.lead?.(),
      h(
        "span",
        { class: "menu-text" },
        h("span", { class: "menu-label" }, choice.label),
        choice.hint ? h("span", { class: "menu-hint" }, choice.hint) : null,
      ),
      isChosen ? icon("check", 16) : null,
    );
    return [title, node];
  });
}
