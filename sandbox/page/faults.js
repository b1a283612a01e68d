/** The faults of the practice Slack: what the next calls of the bot will meet. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { number, toggle } from "./neonpro.js";

const METHODS = [
  "chat.postMessage",
  "chat.update",
  "chat.postEphemeral",
  "conversations.create",
  "conversations.invite",
  "conversations.setTopic",
  "conversations.archive",
  "views.open",
  "views.publish",
  "pins.add",
  "bookmarks.add",
  "users.info",
  "*",
];
const SWITCHES = {
  duplicate_events: "Deliver events twice",
  duplicate_interactions: "Deliver clicks and commands twice",
  reorder: "Deliver out of order",
  refuse_sockets: "Refuse connections",
};

const KINDS = {
  lost_answers: { title: "Answer lost", body: (n) => n, clear: 0, show: (n) => `${n} × answer lost` },
  errors: {
    title: "Error",
    asks: ["error", "internal_error"],
    body: (n, error) => ({ error, n }),
    clear: { error: "cleared", n: 0 },
    show: (fault) => `${fault.n} × ${fault.error}`,
  },
  rate_limit: {
    title: "429 rate limit",
    asks: ["Retry-After (s)", "5"],
    body: (n, seconds) => ({ n, retry_after: Number(seconds) || 1 }),
    clear: { n: 0 },
    show: (fault) => `${fault.n} × 429, retry after ${fault.retry_after} s`,
  },
};

/** @param {object} answer  of GET /ui/faults   @param {(changes: object) => void} change */
export function faultsSection(answer, change) {
  if (!answer.ok) return h("p", { class: "quiet" }, "The faults cannot be read now.");
  const faults = answer.faults ?? answer;
  const latency = "fault-latency";
  return [
    h(
      "div",
      { class: "switch-row" },
      h("label", { class: "switch-title", for: latency }, "Latency of each call (ms)"),
      number(latency, faults.latency_ms, (value) => change({ latency_ms: value })),
    ),
    Object.entries(SWITCHES)
      .filter(([name]) => typeof faults[name] === "boolean")
      .map(([name, title]) => flag(name, title, faults[name], (value) => change({ [name]: value }))),
    planForm(change),
    planned(faults, change),
  ];
}

function flag(name, title, isOn, change) {
  const id = `fault-${name}`;
  return h(
    "div",
    { class: "switch-row" },
    h("label", { class: "switch-title", for: id }, title),
    toggle(id, isOn, change),
  );
}

/** "The next [2] calls of [chat.update] get [an error]". */
function planForm(change) {
  const method = h(
    "select",
    { class: "input is-choice", "aria-label": "Method" },
    METHODS.map((name) => h("option", { value: name }, name === "*" ? "any method" : name)),
  );
  const kind = h(
    "select",
    { class: "input is-choice", "aria-label": "Fault", onchange: () => draw() },
    Object.entries(KINDS).map(([name, { title }]) => h("option", { value: name }, title)),
  );
  const count = h("input", {
    class: "input is-number",
    type: "number",
    min: 1,
    value: 1,
    "aria-label": "How many calls",
  });
  const extra = h("input", { class: "input is-extra" });
  const draw = () => {
    const asks = KINDS[kind.value].asks;
    extra.hidden = !asks;
    extra.setAttribute("aria-label", asks?.[0] ?? "");
    extra.title = asks?.[0] ?? "";
    extra.value = asks?.[1] ?? "";
  };
  const add = () =>
    change({ [kind.value]: { [method.value]: KINDS[kind.value].body(Number(count.value) || 1, extra.value) } });
  draw();
  return h(
    "div",
    { class: "plan-fault" },
    h("div", { class: "plan-fault-row" }, h("span", {}, "The next"), count, h("span", {}, "calls of"), method),
    h(
      "div",
      { class: "plan-fault-row" },
      h("span", {}, "meet"),
      kind,
      extra,
      h("button", { type: "button", class: "button is-tiny", onclick: add }, "Add"),
    ),
  );
}

function planned(faults, change) {
  const rows = Object.entries(KINDS).flatMap(([name, kind]) =>
    Object.entries(faults[name] ?? {}).map(([method, fault]) =>
      h(
        "li",
        { class: "planned" },
        h("code", {}, method),
        h("span", {}, kind.show(fault)),
        h(
          "button",
          {
            type: "button",
            class: "icon-button is-small",
            "aria-label": `Remove the fault of ${method}`,
            onclick: () => change({ [name]: { [method]: kind.clear } }),
          },
          icon("close", 14),
        ),
      ),
    ),
  );
  return rows.length ? h("ul", { class: "planned-list" }, rows) : null;
}
