/** The menus of the app's shortcuts: the global ones, and those of a message. */

import { toast } from "./dialogs.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./popover.js";
import { workspace } from "./workspace.js";

export function openShortcuts(anchor, api) {
  const items = workspace.shortcuts.filter(({ type }) => type !== "message").map((each) => itemOf(each, api, {}));
  if (items.length) openMenu(anchor, items, { label: "Shortcuts", title: "Shortcuts" });
  else toast(`${workspace.bot.name} has no shortcuts.`);
}

export const hasMessageShortcuts = () => workspace.shortcuts.some(({ type }) => type === "message");

/** @param {{channel: string, ts: string}} where  the message that they are about */
export function openMessageShortcuts(anchor, api, where) {
  const items = workspace.shortcuts.filter(({ type }) => type === "message").map((each) => itemOf(each, api, where));
  openMenu(anchor, items, { label: "Message shortcuts", title: "Message shortcuts" });
}

function itemOf({ name, description, callback_id: callbackId }, api, where) {
  const run = async () => {
    const answer = await api.post("shortcut", { callback_id: callbackId, ...where });
    if (!answer.ok && answer.detail) toast(`${name}: ${answer.detail}`, "error");
  };
  return { label: name, hint: description, lead: h("span", { class: "lead" }, icon("bolt", 16)), run };
}
