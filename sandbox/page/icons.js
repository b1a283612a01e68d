/** The page's line icons, drawn on a 24 by 24 grid. */

import { h } from "./dom.js";

const PATHS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  plus: "M12 5v14M5 12h14",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  send: "M4 5l17 7-17 7 3-7zM7 12h8",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  right: "M9 6l6 6-6 6",
  arrowDown: "M12 5v14M6 13l6 6 6-6",
  pin: "M9 4h6l-1 6 4 4H6l4-4zM12 14v6",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  thread: "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5",
  menu: "M4 7h16M4 12h16M4 17h16",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.5 2.5-6 6-6s6 2.5 6 6M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14.5c2.2.700 3.5 2.7 3.5 5.5",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  up: "M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2.5 2.5V10h5l1 2-2 8H7",
  dislike: "M17 13V4h3v9zM17 13l-4 7c-1.5 0-2.5-1-2.5-2.5V14h-5l-1-2 2-8H17",
  check: "M5 12.5l5 5 9-11",
  eye: "M3 12c2-4 5.5-6 9-6s7 2 9 6c-2 4-5.5 6-9 6s-7-2-9-6zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  warning: "M12 4 3 20h18zM12 10v4M12 17h.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01",
  archive: "M4 5h16v4H4zM6 9v11h12V9M10 13h4",
};

/** A decorative icon: hidden from screen readers, so the button around it needs a name. */
export function icon(name, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    class: `icon icon-${name}`,
    "aria-hidden": "true",
    focusable: "false",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}

/** A button with an icon alone; its label is what screen readers say and what hovering shows. */
export function iconButton(label, name, onclick, props = {}) {
  const isSmall = /\bis-small\b/.test(props.class ?? "");
  const all = { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props };
  return h("button", all, icon(name, isSmall ? 16 : 18));
}
