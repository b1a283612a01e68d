/** A list of messages that changes in place: what did not change is not touched, what was edited flashes, and nothing jumps. */

import { announce, h } from "./dom.js";
import { handOver, heirOf } from "./focus.js";
import { icon } from "./icons.js";
import { joinsTogether } from "./joins.js";
import { isCompact, messageNode, nameOf } from "./message.js";
import { Surface } from "./surface.js";
import { dateOf, dayKey, dayTitle } from "./time.js";
import { workspace } from "./workspace.js";

const NEAR_BOTTOM = 60;

export class MessageList {
  #entries = new Map();
  #surfaces = new Map();
  #isFirst = true;
  #unseen = 0;

  /** @param {{api: object, label: string, openThread: ?(ts: string) => void, lead: ?Node}} options  `lead` stands above the first message */
  constructor({ api, label, openThread = null, lead = null }) {
    Object.assign(this, { api, openThread });
    this.list = h("ol", { class: "messages-list", "aria-label": label });
    this.scroller = h(
      "div",
      { class: "messages", tabindex: "0", role: "region", "aria-label": label, onscroll: () => this.#scrolled() },
      h("div", { class: "messages-space" }),
      lead,
      this.list,
    );
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toNewest() });
    this.node = h("div", { class: "messages-box" }, this.scroller, this.jump);
    // A picture that loads late, or a card that opens, must not push the newest message out of sight.
    this.wasAtBottom = true;
    new ResizeObserver(() => {
      if (this.wasAtBottom) this.#stick();
    }).observe(this.list);
    new ResizeObserver(() => {
      if (this.wasAtBottom) this.#stick();
    }).observe(this.scroller);
  }

  /** Shows these messages, oldest first; `unread` of the newest stand under a line of their own the first time. */
  update(messages, unread = 0) {
    const stays = this.wasAtBottom || this.#isFirst;
    const anchor = stays ? null : this.#anchor();
    const added = this.#reconcile(this.#plan(messages, unread));
    if (stays) this.#stick();
    else this.#restore(anchor);
    if (!this.#isFirst)
      this.#tellOf(
        added.filter((message) => message.user !== workspace.me || message.ephemeral),
        stays,
      );
    this.#isFirst = false;
  }

  toNewest() {
    this.wasAtBottom = true;
    this.#stick();
    this.#scrolled();
  }

  #plan(messages, unread) {
    const firstNew = this.#isFirst && unread > 0 ? messages.at(-unread)?.ts : this.firstNew;
    this.firstNew = firstNew;
    const plan = [];
    let before = null;
    for (const message of joinsTogether(messages, firstNew)) {
      const startsDay = !before || dayKey(dateOf(before.ts)) !== dayKey(dateOf(message.ts));
      if (startsDay) plan.push(dayEntry(message));
      if (message.ts === firstNew)
        plan.push({ key: "new", sign: "new", build: () => h("li", { class: "new-line" }, h("span", {}, "New")) });
      plan.push(this.#messageEntry(message, !startsDay && message.ts !== firstNew && isCompact(message, before)));
      before = message;
    }
    return plan;
  }

  #messageEntry(message, compact) {
    const build = () => messageNode(message, { compact, surface: this.#surface(message), openThread: this.openThread });
    return {
      key: message.ts,
      sign: JSON.stringify([message, compact]),
      content: JSON.stringify([message.text, message.blocks]),
      build,
      message,
    };
  }

  #surface(message) {
    const key = message.ts;
    if (!this.#surfaces.has(key))
      this.#surfaces.set(
        key,
        new Surface("message", { type: "message", channel: message.channel, ts: message.ts }, this.api),
      );
    const surface = this.#surfaces.get(key);
    surface.take(message.blocks);
    return surface;
  }

  /** Brings the list to the plan and returns the messages that were added. */
  #reconcile(plan) {
    const added = [];
    let cursor = this.list.firstElementChild;
    const next = new Map();
    for (const entry of plan) {
      const old = this.#entries.get(entry.key);
      entry.node = old?.sign === entry.sign ? old.node : entry.build();
      if (old && old.node !== entry.node) {
        if (cursor === old.node) cursor = entry.node;
        swap(old, entry);
      } else if (!old && entry.message) {
        added.push(entry.message);
      }
      if (entry.node === cursor) cursor = cursor.nextElementSibling;
      else this.list.insertBefore(entry.node, cursor);
      next.set(entry.key, { key: entry.key, sign: entry.sign, content: entry.content, node: entry.node });
    }
    for (const [key, old] of this.#entries) if (!next.has(key)) old.node.remove();
    this.#entries = next;
    return added;
  }

  /** What must not move: the control in use, else the first message that begins in sight, else the one that fills it. */
  #anchor() {
    const active = document.activeElement;
    if (this.list.contains(active) && isWithin(active, this.scroller))
      return { find: () => this.#inUse(active), offset: active.getBoundingClientRect().top };
    const { top, bottom } = this.scroller.getBoundingClientRect();
    const seen = [...this.#entries]
      .map(([key, { node }]) => ({ key, at: node.getBoundingClientRect() }))
      .filter(({ at }) => at.bottom > top && at.top < bottom);
    const { key, at } = seen.find((each) => each.at.top >= top) ?? seen[0] ?? {};
    return key ? { find: () => this.#entries.get(key)?.node, offset: at.top } : null;
  }

  #inUse(active) {
    return active.isConnected ? active : this.list.contains(document.activeElement) ? document.activeElement : null;
  }

  #restore(anchor) {
    const node = anchor?.find();
    if (node) this.scroller.scrollTop += node.getBoundingClientRect().top - anchor.offset;
  }

  #stick() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.wasAtBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (this.wasAtBottom) this.#unseen = 0;
    this.#drawJump();
  }

  #drawJump() {
    const words = this.#unseen
      ? `${this.#unseen} new ${this.#unseen === 1 ? "message" : "messages"}`
      : "Jump to newest";
    this.jump.replaceChildren(icon("arrowDown", 16), words);
    this.jump.hidden = this.wasAtBottom;
  }

  #tellOf(added, isSeen) {
    if (!added.length) return;
    announce(added.map((message) => `${nameOf(message)}: ${message.text}`).join(". "));
    if (isSeen) return;
    this.#unseen += added.length;
    this.#drawJump();
  }
}

function isWithin(node, box) {
  const [inner, outer] = [node.getBoundingClientRect(), box.getBoundingClientRect()];
  return inner.bottom > outer.top && inner.top < outer.bottom;
}

function dayEntry(message) {
  const date = dateOf(message.ts);
  const title = dayTitle(date);
  return { key: `day ${dayKey(date)}`, sign: title, build: () => h("li", { class: "day" }, h("span", {}, title)) };
}

/** Replaces an edited message; the focus and the caret return to where they were. */
function swap(old, entry) {
  const active = old.node.contains(document.activeElement) ? document.activeElement : null;
  const heir = active && heirOf(active, old.node, entry.node);
  old.node.replaceWith(entry.node);
  if (old.content !== entry.content) entry.node.classList.add("is-fresh");
  if (heir) handOver(active, heir);
}
