/** Things that open beside what was clicked: menus, pickers and small lists. On a phone they rise from the bottom edge. */

import { h, isPhone } from "./dom.js";
import { icon } from "./icons.js";

let current = null;

export function closePopover() {
  current?.close();
}

/**
 * Opens `content` beside `anchor`. Escape, a click elsewhere and Tab out of it close it.
 * @returns {() => void} closes it and gives the focus back
 */
export function openPopover(anchor, content, { label, className = "", onClose = () => {}, matchWidth = false }) {
  closePopover();
  const box = h("div", { class: `popover ${className}`, role: "dialog", "aria-label": label }, content);
  // Inside an open dialog everything outside of it is inert.
  (anchor.closest("dialog") ?? document.body).append(box);
  place(box, anchor, matchWidth);
  const mine = { close: () => closeBox(mine, box, anchor, onClose, stop) };
  const stop = listenForLeaving(box, anchor, mine);
  current = mine;
  return mine.close;
}

function closeBox(mine, box, anchor, onClose, stop) {
  if (current !== mine) return;
  current = null;
  stop();
  const hadFocus = box.contains(document.activeElement);
  box.remove();
  onClose();
  if (hadFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
}

function listenForLeaving(box, anchor, mine) {
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) mine.close();
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    mine.close();
  };
  const leave = (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) mine.close();
  };
  const resize = () => {
    if (!isPhone()) mine.close();
  };
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape, true);
  box.addEventListener("focusout", leave);
  window.addEventListener("resize", resize);
  return () => {
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
    box.removeEventListener("focusout", leave);
    window.removeEventListener("resize", resize);
  };
}

const GAP = 6;

function place(box, anchor, matchWidth) {
  if (isPhone()) return;
  const at = anchor.getBoundingClientRect();
  if (matchWidth) box.style.minWidth = `${at.width}px`;
  const { width, height } = box.getBoundingClientRect();
  const below = innerHeight - at.bottom - GAP;
  const isAbove = below < height && at.top > below;
  box.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
  if (isAbove) box.style.bottom = `${innerHeight - at.top + GAP}px`;
  else box.style.top = `${at.bottom + GAP}px`;
  box.style.maxHeight = `${Math.max(160, (isAbove ? at.top : below) - GAP * 2)}px`;
}

/**
 * A menu of things to do.
 * @param {{label: string, hint?: string, lead?: Node, isCurrent?: boolean, run: () => void}[]} items
 */
export function openMenu(anchor, items, { label, title = "" }) {
  if (anchor.getAttribute("aria-expanded") === "true") {
    closePopover();
    return;
  }
  const list = h(
    "div",
    { class: "menu", role: "menu", "aria-label": label },
    items.map((item) => menuItem(item)),
  );
  anchor.setAttribute("aria-expanded", "true");
  const content = [title ? h("div", { class: "menu-title" }, title) : null, list];
  openPopover(anchor, content, {
    label,
    className: "is-menu",
    onClose: () => anchor.setAttribute("aria-expanded", "false"),
  });
  list.addEventListener("keydown", (event) => moveFocus(event, list));
  (list.querySelector("[aria-current]") ?? list.firstElementChild)?.focus();
}

function menuItem({ label, hint, lead, isCurrent, run }) {
  const choose = () => {
    closePopover();
    run();
  };
  return h(
    "button",
    {
      type: "button",
      class: "menu-item",
      role: "menuitem",
      tabindex: "-1",
      "aria-current": isCurrent ? "true" : null,
      onclick: choose,
    },
    lead,
    h(
      "span",
      { class: "menu-text" },
      h("span", { class: "menu-label" }, label),
      hint ? h("span", { class: "menu-hint" }, hint) : null,
    ),
    isCurrent ? icon("check") : null,
  );
}

function moveFocus(event, list) {
  const items = [...list.children];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length)?.focus();
}
