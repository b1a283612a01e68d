/** The switches of the practice NeonPro, in groups, and the facts about it. */

import { h, uid } from "./dom.js";

/** @param {object} answer  of GET /ui/neonpro   @param {(id: string, value: any) => void} change */
export function neonproSection(answer, change) {
  if (!answer.ok || !answer.switches) return h("p", { class: "quiet" }, "The practice NeonPro does not run here.");
  const groups = new Map();
  for (const each of answer.switches) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [
    answer.facts?.length ? h("dl", { class: "facts" }, answer.facts.map((fact) => h("div", { class: "fact" }, h("dt", {}, fact.title), h("dd", {}, String(fact.value))))) : null,
    [...groups].map(([group, switches]) => h("fieldset", { class: "switches" }, h("legend", {}, group), switches.map((each) => switchRow(each, change)))),
  ];
}

function switchRow(each, change) {
  const id = uid("switch");
  const text = h("span", { class: "switch-text" }, h("label", { class: "switch-title", for: id }, each.title), each.text ? h("span", { class: "quiet" }, each.text) : null);
  return h("div", { class: `switch-row is-${each.kind}` }, text, (CONTROLS[each.kind] ?? CONTROLS.number)(each, id, (value) => change(each.id, value)));
}

export const toggle = (id, isOn, change) => h("input", { type: "checkbox", role: "switch", class: "toggle", id, checked: Boolean(isOn), onchange: (event) => change(event.target.checked) });

export const number = (id, value, change) => h("input", { type: "number", class: "input is-number", id, value: value ?? 0, min: 0, onchange: (event) => change(Number(event.target.value)) });

const choiceOf = (choice) => (typeof choice === "object" ? { value: choice.value ?? choice.id, title: choice.title ?? choice.text ?? choice.label ?? choice.value } : { value: choice, title: String(choice) });

function choice(each, id, change) {
  const options = (each.choices ?? []).map(choiceOf).map(({ value, title }) => h("option", { value, selected: value === each.value }, title));
  return h("select", { class: "input is-choice", id, onchange: (event) => change(event.target.value) }, options);
}

const CONTROLS = {
  toggle: (each, id, change) => toggle(id, each.value, change),
  number: (each, id, change) => number(id, each.value, change),
  choice,
};
