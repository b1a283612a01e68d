/** The switches of the practice NeonPro, in groups, and the facts about it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { preference } from "./workspace.js";

/** @param {object} answer  of GET /ui/neonpro   @param {(id: string, value: any) => void} change */
export function neonproSection(answer, change) {
  if (!answer.ok || !answer.switches) return h("p", { class: "quiet" }, "The practice NeonPro does not run here.");
  return [
    answer.facts?.length
      ? h(
          "dl",
          { class: "facts" },
          answer.facts.map((fact) =>
            h("div", { class: "fact" }, h("dt", {}, fact.title), h("dd", {}, String(fact.value))),
          ),
        )
      : null,
    switchGroups(answer.switches, change),
  ];
}

/** @param {object[]} switches  @param {(id: string, value: any) => void} change */
export function switchGroups(switches, change) {
  const groups = new Map();
  for (const each of switches) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups].map(([group, each], index) =>
    groupNode({ group, switches: each, opensAtFirst: index === 0 }, change),
  );
}

function groupNode({ group, switches, opensAtFirst }, change) {
  const key = `panel.group.${group}`;
  const on = switches.filter((each) => each.kind === "toggle" && each.value).length;
  const isOpen = (preference.read(key) ?? (opensAtFirst ? "open" : "closed")) === "open";
  const node = h(
    "details",
    { class: "switches", open: isOpen, ontoggle: () => preference.write(key, node.open ? "open" : "closed") },
    h(
      "summary",
      { class: "switches-head" },
      h("span", {}, group),
      on ? h("span", { class: "switches-on" }, `${on} on`) : null,
      icon("down", 16),
    ),
    switches.map((each) => switchRow(each, change)),
  );
  return node;
}

function switchRow(each, change) {
  // The id is that of the switch, so that the focus finds it again after a redraw.
  const id = `switch-${each.id}`;
  const text = h(
    "span",
    { class: "switch-text" },
    h("label", { class: "switch-title", for: id }, each.title),
    each.text ? h("span", { class: "quiet" }, mrkdwn(each.text)) : null,
  );
  return h(
    "div",
    { class: `switch-row is-${each.kind}` },
    text,
    (CONTROLS[each.kind] ?? CONTROLS.number)(each, id, (value) => change(each.id, value)),
  );
}

export const toggle = (id, isOn, change) =>
  h("input", {
    type: "checkbox",
    role: "switch",
    class: "toggle",
    id,
    checked: Boolean(isOn),
    onchange: (event) => change(event.target.checked),
  });

export const number = (id, value, change, most = null) =>
  h("input", {
    type: "number",
    class: "input is-number",
    id,
    value: value ?? 0,
    min: 0,
    max: most,
    onchange: (event) => change(Number(event.target.value)),
  });

const choiceOf = (choice) =>
  typeof choice === "object"
    ? { value: choice.value ?? choice.id, title: choice.title ?? choice.text ?? choice.label ?? choice.value }
    : { value: choice, title: String(choice) };

function choice(each, id, change) {
  const options = (each.choices ?? [])
    .map(choiceOf)
    .map(({ value, title }) => h("option", { value, selected: value === each.value }, title));
  return h("select", { class: "input is-choice", id, onchange: (event) => change(event.target.value) }, options);
}

const CONTROLS = {
  toggle: (each, id, change) => toggle(id, each.value, change),
  number: (each, id, change) => number(id, each.value, change, each.most),
  choice,
};
