/** Where blocks are drawn: a message, a modal or the app's home. It holds what was typed there and sends what was clicked. */

import { confirmed, toast } from "./dialogs.js";
import { ElementState, fieldOf } from "./state.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

export class Surface {
  /**
   * @param {"message"|"modal"|"home"} kind
   * @param {object} container  the container of /ui/action
   * @param {import("./api.js").Api} api
   */
  constructor(kind, container, api) {
    this.kind = kind;
    this.container = container;
    this.api = api;
    this.state = new ElementState();
    this.blocks = [];
    this.errors = {};
  }

  /** Takes the blocks of a new version; what was typed stays where block_id and action_id stayed. */
  take(blocks) {
    this.blocks = blocks ?? [];
    this.state.keepOnly(this.blocks);
  }

  values() {
    return this.state.values(this.blocks);
  }

  /** A new value of an element; it is sent at once unless it stands in an input block without dispatch_action. */
  async change(block, element, value, node, restore = () => {}) {
    const before = this.state.get(block, element);
    this.state.set(block, element, value);
    if (block.type === "input" && !block.dispatch_action) return;
    if (!(await confirmed(element.confirm))) {
      this.state.set(block, element, before);
      restore(before);
      return;
    }
    await this.send(block, element, { [fieldOf(element)]: value }, node);
  }

  /** A click on a button or a choice in an overflow menu. */
  async click(block, element, payload, node) {
    if (await confirmed(element.confirm)) await this.send(block, element, payload, node);
  }

  /** Sends one action and shows on `node` that it is waited for, and whether it went wrong. */
  async send(block, element, payload, node) {
    setBusy(node, true);
    const answer = await this.api.post("action", {
      container: this.container,
      block_id: block.block_id,
      action_id: element.action_id,
      element: { type: element.type, ...payload },
      state: this.values(),
    });
    setBusy(node, false);
    if (!answer.ok) showFailure(node, answer);
  }
}

function setBusy(node, isBusy) {
  node.setAttribute("aria-busy", String(isBusy));
  node.classList.toggle("is-busy", isBusy);
  if (node instanceof HTMLButtonElement) node.disabled = isBusy;
}

const WORDS = { timeout: "The app did not answer in time", dispatch_failed: "The app could not be reached" };

/** The server itself tells of acks that did not come; what has a `detail` is for this page to tell. */
function showFailure(node, answer) {
  const text = answer.detail ?? WORDS[answer.error] ?? answer.error;
  node.parentElement?.querySelector(":scope > .action-failed")?.remove();
  if (node.isConnected)
    node.after(
      h(
        "span",
        { class: "action-failed", role: "alert", title: text },
        icon("warning", 16),
        h("span", { class: "sr-only" }, text),
      ),
    );
  if (answer.detail) toast(text, "error");
}
