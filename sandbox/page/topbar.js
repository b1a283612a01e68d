/** The bar at the top: who one acts as, whether the app is connected, and the practice controls. */

import { avatar } from "./avatar.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./popover.js";
import { pageUrl, workspace } from "./workspace.js";

/** @param {{bot: ?{connected: boolean, connections: number}, isPanelOpen: boolean, togglePanel: () => void, toggleSidebar: () => void}} options */
export function drawTopbar(node, { bot, isPanelOpen, togglePanel, toggleSidebar }) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  fill(
    node,
    h(
      "button",
      {
        type: "button",
        class: "top-button is-menu",
        "aria-label": "Channels",
        dataset: { focus: "menu" },
        onclick: toggleSidebar,
      },
      icon("menu", 20),
    ),
    h("span", { class: "top-title" }, workspace.team.name),
    botState(bot),
    h("span", { class: "top-space" }),
    actAs(),
    h(
      "button",
      {
        type: "button",
        class: "top-button is-panel",
        "aria-expanded": String(isPanelOpen),
        "aria-controls": "panel",
        "aria-label": "Practice controls",
        title: "Practice controls",
        dataset: { focus: "panel" },
        onclick: togglePanel,
      },
      icon("sliders", 18),
      h("span", { class: "top-label", "aria-hidden": "true" }, "Practice controls"),
    ),
  );
  if (focused) node.querySelector(`[data-focus="${focused}"]`)?.focus();
}

export function botWords(bot) {
  if (!bot) return `${workspace.bot.name}: not known yet`;
  return bot.connected ? `${workspace.bot.name} is connected` : `${workspace.bot.name} is not connected`;
}

const botState = (bot) =>
  h(
    "span",
    { class: `bot-state ${bot ? (bot.connected ? "is-on" : "is-off") : ""}`, role: "status", title: botWords(bot) },
    h("span", { class: "dot", "aria-hidden": "true" }),
    h("span", { class: "bot-words" }, botWords(bot)),
  );

function actAs() {
  const me = workspace.person(workspace.me);
  const node = h(
    "button",
    {
      type: "button",
      class: "top-button is-actas",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": `Acting as ${workspace.userName(workspace.me)}. Change`,
      dataset: { focus: "actas" },
    },
    avatar(workspace.me, 24),
    h(
      "span",
      { class: "actas-text", "aria-hidden": "true" },
      h("span", { class: "actas-lead" }, "Acting as"),
      h("span", { class: "actas-name" }, me?.real_name ?? workspace.me),
    ),
    icon("down", 16),
  );
  node.addEventListener("click", () =>
    openMenu(node, workspace.people.map(personItem), {
      label: "Act as",
      title: "Act as… (open a second window to be two people at once)",
    }),
  );
  return node;
}

function personItem(person) {
  const words = [
    person.title,
    ...(person.roles ?? []).map((role) => role.replaceAll("_", " ")),
    person.is_restricted ? "guest" : null,
  ].filter(Boolean);
  const isNew = (word, index) => words.findIndex((other) => other.toLowerCase() === word.toLowerCase()) === index;
  return {
    label: person.real_name || person.name,
    hint: words.filter(isNew).join(" · "),
    lead: avatar(person.id, 32),
    isCurrent: person.id === workspace.me,
    run: () => location.assign(pageUrl({ as: person.id })),
  };
}
