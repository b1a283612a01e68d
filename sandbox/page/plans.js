/** The plan and task_card blocks: progress that is read, not clicked. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const TASK_ICONS = { pending: "○", in_progress: "◐", complete: "✓", error: "!" };
const TASK_WORDS = { pending: "to do", in_progress: "in progress", complete: "done", error: "failed" };

export function taskCard(task) {
  const status = task.status ?? "pending";
  const sources = (task.sources ?? []).map((source) =>
    h(
      "a",
      {
        href: /^https?:/.test(source.url) ? source.url : null,
        target: "_blank",
        rel: "noopener noreferrer",
        class: "task-source",
      },
      source.text || source.url,
    ),
  );
  const inside = [
    task.details ? richText(task.details) : null,
    task.output ? richText(task.output) : null,
    sources.length ? h("div", { class: "task-sources" }, sources) : null,
  ].filter(Boolean);
  const head = [
    h("span", { class: `task-icon is-${status}`, "aria-hidden": "true" }, TASK_ICONS[status] ?? "○"),
    h("span", { class: "task-title" }, textObject(task.title)),
    h("span", { class: "sr-only" }, `, ${TASK_WORDS[status] ?? status}`),
  ];
  if (!inside.length) return h("div", { class: `task is-${status}` }, h("div", { class: "task-head" }, head));
  return h(
    "details",
    { class: `task is-${status}` },
    h("summary", { class: "task-head" }, head, icon("down", 16)),
    h("div", { class: "task-body" }, inside),
  );
}

/** Collapsed at first and after every update, as in Slack. */
export function plan(block) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return h(
    "details",
    { class: "plan" },
    h(
      "summary",
      { class: "plan-head" },
      h("span", { class: "plan-title" }, textObject(block.title)),
      h("span", { class: "plan-count" }, `${done} of ${tasks.length} done`),
      icon("down", 16),
    ),
    h("div", { class: "plan-tasks" }, tasks.map(taskCard)),
  );
}
