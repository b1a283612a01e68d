/** The strip for newcomers: three things to try. It stays until it is closed, or until a command was tried. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { preference, workspace } from "./workspace.js";

const TRIES = [
  { text: "/incident p1 Checkout is down", title: "Declare an incident" },
  { text: "/health", title: "Check production" },
  { text: "/deploy", title: "Start a deploy" },
];

/** Somebody has tried a command: they know how, so the strip is not needed any more. */
export function tried() {
  preference.write("hint", "closed");
  document.querySelectorAll(".hint-strip").forEach((node) => node.remove());
}

/** @returns {?HTMLElement} null once it was closed, or when the app has none of the commands */
export function hint(insert) {
  const known = TRIES.filter(({ text }) => workspace.commands.some(({ command }) => text.split(" ")[0] === command));
  if (!known.length || preference.read("hint") === "closed") return null;
  const node = h(
    "section",
    { class: "hint-strip", "aria-label": "Things to try" },
    h(
      "div",
      { class: "hint-head" },
      h("span", {}, h("b", {}, "New here? "), "Nothing you do in this workspace touches a real system. Try one:"),
      h(
        "button",
        { type: "button", class: "icon-button is-small", "aria-label": "Close the hints", onclick: tried },
        icon("close", 14),
      ),
    ),
    h(
      "div",
      { class: "hint-tries" },
      known.map(({ text, title }) =>
        h(
          "button",
          { type: "button", class: "try", onclick: () => insert(text) },
          h("span", { class: "try-title" }, title),
          h("code", {}, text),
        ),
      ),
    ),
  );
  return node;
}
