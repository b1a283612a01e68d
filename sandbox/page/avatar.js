/** Faces: coloured initials for people, a sign for the app. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { workspace } from "./workspace.js";

const initials = (name) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word[0])
    .slice(0, 2)
    .join("")
    .toUpperCase() || "?";

/** Decorative: the name always stands beside it. */
export function avatar(userId, size = 36) {
  const isBot = userId === workspace.bot.user_id || userId === workspace.bot.id;
  const node = h(
    "span",
    { class: isBot ? "avatar is-bot" : "avatar", "aria-hidden": "true" },
    isBot ? icon("bolt", Math.round(size * 0.62)) : initials(workspace.userName(userId) ?? "?"),
  );
  node.style.setProperty("--size", `${size}px`);
  if (!isBot) node.style.setProperty("--face", workspace.colorOf(userId));
  return node;
}
