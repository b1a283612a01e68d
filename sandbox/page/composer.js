/** Where one writes: grows with its text, completes commands and names, sends with Enter. */

import { completionsFor } from "./completion.js";
import { fill, h, uid } from "./dom.js";
import { icon, iconButton } from "./icons.js";

/**
 * @param {{placeholder: string, withCommands: boolean, onSend: (text: string) => Promise<?string>, onShortcuts: ?(anchor: HTMLElement) => void}} options
 *   onSend resolves to a sentence when the text could not be sent; the text then returns to the field
 */
export class Composer {
  #found = null;
  #active = 0;
  #sent = [];
  #recalled = -1;

  constructor({ placeholder, withCommands = true, onSend, onShortcuts = null }) {
    Object.assign(this, { withCommands, onSend });
    const listId = uid("completions");
    this.field = h("textarea", {
      class: "composer-field",
      rows: 1,
      placeholder,
      "aria-label": placeholder,
      "aria-controls": listId,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      autocomplete: "off",
      oninput: () => this.#typed(),
      onclick: () => this.#complete(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#close(),
    });
    this.list = h("div", {
      class: "completions",
      id: listId,
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.notice = h("div", { class: "composer-notice", role: "alert", hidden: true });
    this.sendButton = iconButton("Send", "send", () => this.#send(), { class: "icon-button is-send", disabled: true });
    this.node = h(
      "div",
      { class: "composer" },
      this.notice,
      this.list,
      h("div", { class: "composer-box" }, this.field, toolRow(this, onShortcuts)),
    );
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  /** Puts text into the field, ready to be changed or sent. */
  insert(text) {
    this.field.value = text;
    this.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.#typed();
  }

  /** Begins a mention after what is there. */
  appendWord(sign) {
    const text = this.field.value;
    this.insert(text && !/\s$/.test(text) ? `${text} ${sign}` : text + sign);
  }

  setPlaceholder(text) {
    this.field.placeholder = text;
    this.field.setAttribute("aria-label", text);
  }

  /** Shows a sentence above the field, or takes it away. */
  tell(text) {
    this.notice.hidden = !text;
    if (!text) return;
    fill(
      this.notice,
      icon("warning", 16),
      h("span", {}, text),
      iconButton("Dismiss", "close", () => this.tell(null), { class: "icon-button is-small" }),
    );
  }

  #typed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 220)}px`;
    this.sendButton.disabled = !this.field.value.trim();
    this.#complete();
  }

  #complete() {
    this.#found = completionsFor(this.field.value, this.field.selectionStart, { withCommands: this.withCommands });
    this.#active = 0;
    this.#draw();
  }

  #close() {
    this.#found = null;
    this.#draw();
  }

  #draw() {
    const found = this.#found;
    this.list.hidden = !found;
    this.field.setAttribute("aria-activedescendant", found ? `${this.list.id}-${this.#active}` : "");
    if (!found) return;
    fill(
      this.list,
      h("div", { class: "completions-title" }, found.kind),
      found.items.map((item, index) => this.#option(item, index)),
    );
    this.list.querySelector(".is-active")?.scrollIntoView({ block: "nearest" });
  }

  #option(item, index) {
    const isActive = index === this.#active;
    return h(
      "div",
      {
        class: isActive ? "completion is-active" : "completion",
        role: "option",
        id: `${this.list.id}-${index}`,
        "aria-selected": String(isActive),
        onpointerdown: (event) => {
          event.preventDefault();
          this.#accept(item);
        },
      },
      item.lead,
      h(
        "span",
        { class: "completion-text" },
        h(
          "span",
          { class: "completion-label" },
          item.label,
          item.extra ? h("span", { class: "completion-extra" }, item.extra) : null,
        ),
        item.hint ? h("span", { class: "completion-hint" }, item.hint) : null,
      ),
    );
  }

  #accept(item) {
    const { value, selectionStart } = this.field;
    const start = value.slice(0, this.#found.from) + item.insert;
    this.field.value = start + value.slice(selectionStart).replace(/^ /, "");
    this.field.setSelectionRange(start.length, start.length);
    this.#typed();
    this.#close();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.#found ? this.#listKey(event) : this.#fieldKey(event)) event.preventDefault();
  }

  #listKey(event) {
    const { items } = this.#found;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#active = (this.#active + step + items.length) % items.length;
    else if (event.key === "Escape") return (this.#close(), true);
    else if (event.key === "Tab" && !event.shiftKey) return (this.#accept(items[this.#active]), true);
    else if (event.key === "Enter" && !event.shiftKey) return (this.#enter(items[this.#active]), true);
    else return false;
    this.#draw();
    return true;
  }

  // What is typed in full is sent by Enter, not completed once more.
  #enter(item) {
    const typed = this.field.value.slice(this.#found.from, this.field.selectionStart);
    if (typed === item.insert.trim()) this.#send();
    else this.#accept(item);
  }

  #fieldKey(event) {
    if (event.key === "Enter" && !event.shiftKey) return (this.#send(), true);
    if (event.key === "ArrowUp" && (!this.field.value || this.#recalled >= 0)) return this.#recall(1);
    if (event.key === "ArrowDown" && this.#recalled >= 0) return this.#recall(-1);
    if (event.key.length === 1) this.#recalled = -1;
    return false;
  }

  #recall(step) {
    const at = this.#recalled + step;
    if (at >= this.#sent.length) return true;
    this.#recalled = at;
    this.insert(at < 0 ? "" : this.#sent.at(-1 - at));
    this.#close();
    return true;
  }

  async #send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.#sent.push(text);
    this.#recalled = -1;
    this.field.value = "";
    this.#typed();
    this.tell(null);
    this.node.classList.add("is-sending");
    const failure = await this.onSend(text);
    this.node.classList.remove("is-sending");
    if (!failure) return;
    this.tell(failure);
    if (!this.field.value) this.insert(text);
    this.#close();
  }
}

/** What stands below the field: shortcuts, commands, mentions, a hint, and the button that sends. */
function toolRow(composer, onShortcuts) {
  const menu = { "aria-haspopup": "menu", "aria-expanded": "false" };
  return h(
    "div",
    { class: "composer-tools" },
    onShortcuts ? iconButton("Shortcuts", "bolt", (event) => onShortcuts(event.currentTarget), menu) : null,
    composer.withCommands ? signButton("Slash commands", "/", () => composer.insert("/")) : null,
    signButton("Mention someone", "@", () => composer.appendWord("@")),
    h(
      "span",
      { class: "composer-hint" },
      h("b", {}, "Enter"),
      " to send, ",
      h("b", {}, "Shift + Enter"),
      " for a new line",
    ),
    composer.sendButton,
  );
}

const signButton = (label, sign, onclick) =>
  h("button", { type: "button", class: "icon-button is-slash", "aria-label": label, title: label, onclick }, sign);
