/** Building elements. Text always becomes a text node: nothing in this page parses HTML. */

const PROPERTIES = new Set([
  "value",
  "checked",
  "disabled",
  "hidden",
  "indeterminate",
  "inert",
  "open",
  "selected",
  "required",
]);

/**
 * Makes an element: `h("button", {class: "x", onclick: run, "aria-label": "Close"}, icon("close"))`.
 * A prop that is null, undefined or false is left out; children may nest in arrays and may be null.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(node, name, value);
  append(node, children);
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Replaces everything inside `node`. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

export const fragment = (...children) => append(document.createDocumentFragment(), children);

let lastId = 0;
export const uid = (prefix = "id") => `${prefix}-${++lastId}`;

/** Says something to screen readers without showing it. */
export function announce(text) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

export const isPhone = () => matchMedia("(max-width: 760px)").matches;
