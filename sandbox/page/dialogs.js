/** Confirm dialogs and toasts. */

import { announce, h } from "./dom.js";
import { icon } from "./icons.js";
import { plainText, textObject } from "./mrkdwn.js";

const TOAST_MS = 7000;
const MAX_TOASTS = 4;

/** A short notice at the bottom; the same text is shown once at a time. */
export function toast(text, level = "info") {
  const region = document.getElementById("toasts");
  if ([...region.children].some((other) => other.dataset.text === text)) return;
  const close = () => {
    node.remove();
    if (!region.children.length && region.matches(":popover-open")) region.hidePopover();
  };
  const node = h(
    "div",
    { class: `toast is-${level}`, dataset: { text } },
    icon(level === "error" ? "warning" : "info"),
    h("span", {}, text),
    h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: close }, icon("close", 16)),
  );
  region.append(node);
  while (region.children.length > MAX_TOASTS) region.firstElementChild.remove();
  lift(region);
  announce(text);
  setTimeout(close, TOAST_MS);
}

/** Above everything, an open dialog too. */
function lift(region) {
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
}

/** Asks what a `confirm` object says; true at once when there is none. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return ask({
    title: plainText(confirm.title),
    body: textObject(confirm.text),
    yes: plainText(confirm.confirm) || "Yes",
    no: plainText(confirm.deny) || "Cancel",
    style: confirm.style ?? "primary",
  });
}

/** A small dialog with a title, a body and two buttons; resolves to whether the first was chosen. */
export function ask({ title, body, yes, no = "Cancel", style = "primary" }) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "dialog is-small", "aria-label": title },
      h(
        "form",
        { method: "dialog", class: "dialog-form" },
        h("header", { class: "dialog-head" }, h("h2", {}, title)),
        h("div", { class: "dialog-body" }, body),
        h(
          "footer",
          { class: "dialog-foot" },
          h("button", { class: "button", value: "no", type: "submit", formnovalidate: true }, no),
          h("button", { class: `button is-${style}`, value: "yes", type: "submit", dataset: { yes: "" } }, yes),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    const first = style === "danger" ? "[value=no]" : "[data-yes]";
    (dialog.querySelector("[data-autofocus]") ?? dialog.querySelector(first)).focus();
  });
}
