/** The middle of the page for a channel: header, bookmarks, messages, composer. */

import { coalesced } from "./api.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import { hint } from "./hint.js";
import { icon } from "./icons.js";
import { MessageList } from "./messagelist.js";
import { link, mrkdwn } from "./mrkdwn.js";
import { nameOf } from "./message.js";
import { openPopover } from "./popover.js";
import { workspace } from "./workspace.js";

export class ChannelView {
  /** @param {{api: object, id: string, openThread: (ts: string) => void, openShortcuts: (anchor: HTMLElement) => void, refreshChannels: () => void, openHome: () => void}} options */
  constructor(options) {
    Object.assign(this, options);
    this.header = h("header", { class: "channel-head" });
    this.bookmarks = h("nav", { class: "bookmarks", "aria-label": "Bookmarks", hidden: true });
    this.list = new MessageList({ api: this.api, label: "Messages", openThread: this.openThread, lead: this.#lead() });
    this.list.scroller.id = "messages";
    this.composer = new Composer({ placeholder: "", onSend: (text) => this.#send(text), onShortcuts: this.openShortcuts });
    this.foot = h("div", { class: "channel-foot" });
    this.node = h("section", { class: "view", "aria-label": "Channel" }, this.header, this.bookmarks, this.list.node, this.foot);
    this.refresh = coalesced(() => this.#load());
    this.refreshMarks = coalesced(() => this.#loadMarks());
    this.unread = this.channel?.unread ?? 0;
    this.drawChannel();
    this.refresh();
    this.refreshMarks();
  }

  get channel() {
    return workspace.channel(this.id);
  }

  #lead() {
    const channel = this.channel;
    const isIm = channel?.is_im;
    const title = channel ? workspace.channelTitle(channel) : "";
    const words = isIm ? `This is the beginning of your direct messages with ${title}.` : channel?.purpose || `This is the very beginning of #${title}.`;
    return h("div", { class: "lead-in" }, isIm ? avatar(channel.im_user, 48) : h("span", { class: "lead-sign" }, icon(channel?.is_private ? "lock" : "hash", 26)), h("h2", {}, title), h("p", {}, words));
  }

  /** Draws what /ui/channels knows: name, topic, members, and whether one may write here. */
  drawChannel() {
    const channel = this.channel;
    if (!channel) return;
    const title = workspace.channelTitle(channel);
    fill(this.header, this.#title(channel, title), channel.topic ? h("div", { class: "topic", title: channel.topic }, mrkdwn(channel.topic)) : h("div", { class: "topic" }), this.#tools(channel));
    this.composer.setPlaceholder(`Message ${channel.is_im ? "" : "#"}${title}`);
    if (this.footKind !== this.#footKind(channel)) this.#drawFoot(channel);
  }

  #title(channel, title) {
    return h("h1", { class: "channel-title" }, channel.is_im ? avatar(channel.im_user, 24) : icon(channel.is_archived ? "archive" : channel.is_private ? "lock" : "hash", 18), h("span", {}, title));
  }

  #tools(channel) {
    const members = channel.members ?? [];
    const people = h("button", { type: "button", class: "head-button", "aria-label": `${members.length} members`, title: "Members", onclick: () => this.#showMembers(people) }, icon("people", 16), members.length);
    const home = channel.im_user === workspace.bot.user_id ? h("button", { type: "button", class: "head-button", onclick: this.openHome }, icon("home", 16), "Home") : null;
    return h("div", { class: "head-tools" }, home, this.pins?.length ? this.#pinButton() : null, channel.is_im ? null : people);
  }

  #pinButton() {
    const count = this.pins.length;
    const node = h("button", { type: "button", class: "head-button", "aria-label": `${count} pinned`, title: "Pinned messages", onclick: () => this.#showPins(node) }, icon("pin", 16), count);
    return node;
  }

  #showMembers(anchor) {
    const rows = (this.channel.members ?? []).map((id) => h("li", { class: "person-row" }, avatar(id, 28), h("span", { class: "menu-text" }, h("span", { class: "menu-label" }, workspace.userName(id)), h("span", { class: "menu-hint" }, workspace.person(id)?.title ?? (id === workspace.bot.user_id ? "App" : "")))));
    openPopover(anchor, [h("div", { class: "menu-title" }, "Members"), h("ul", { class: "person-list", tabindex: "-1" }, rows)], { label: "Members" });
  }

  #showPins(anchor) {
    const rows = this.pins.map((message) => h("li", { class: "pin-row" }, h("b", {}, nameOf(message)), h("div", { class: "pin-text" }, mrkdwn(message.text))));
    openPopover(anchor, [h("div", { class: "menu-title" }, "Pinned"), h("ul", { class: "person-list", tabindex: "-1" }, rows)], { label: "Pinned messages" });
  }

  #footKind = (channel) => (channel.is_archived ? "archived" : channel.is_member || channel.is_im ? "write" : "join");

  #drawFoot(channel) {
    this.footKind = this.#footKind(channel);
    if (this.footKind === "archived") fill(this.foot, h("div", { class: "foot-note" }, icon("archive"), "This channel is archived: it can be read, not written to."));
    else if (this.footKind === "join") fill(this.foot, this.#joinNote(channel));
    else fill(this.foot, hint((text) => this.composer.insert(text)), this.composer.node);
  }

  #joinNote(channel) {
    const join = async () => {
      const answer = await this.api.post("join", { channel: this.id });
      if (answer.ok) this.refreshChannels();
    };
    return h("div", { class: "foot-note" }, h("span", {}, "You are looking at ", h("b", {}, `#${channel.name}`)), h("button", { type: "button", class: "button is-primary", onclick: join }, "Join channel"));
  }

  async #load() {
    const answer = await this.api.get("messages", { channel: this.id });
    if (!answer.ok) return this.composer.tell(answer.detail ?? answer.error);
    this.list.update(answer.messages, this.unread);
    this.#markRead(answer.messages.at(-1)?.ts);
    return undefined;
  }

  #markRead(ts) {
    if (!ts || ts === this.readTo || !this.channel?.is_member || document.visibilityState !== "visible") return;
    this.readTo = ts;
    this.api.post("read", { channel: this.id });
  }

  async #loadMarks() {
    const [pins, bookmarks] = await Promise.all([this.api.get("pins", { channel: this.id }), this.api.get("bookmarks", { channel: this.id })]);
    this.pins = (pins.pins ?? pins.items ?? []).map((item) => item.message ?? item);
    this.drawChannel();
    const marks = bookmarks.bookmarks ?? [];
    this.bookmarks.hidden = !marks.length;
    fill(this.bookmarks, marks.map((mark) => h("span", { class: "bookmark" }, icon("bookmark", 14), link(mark.link ?? "", mark.title) ?? mark.title)));
  }

  /** Sends a message or a command; a sentence when it failed. */
  async #send(text) {
    const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    this.list.wasAtBottom = true;
    if (!command) return failureOf(await this.api.post("say", { channel: this.id, text }), "The message could not be sent");
    if (!workspace.commands.some((each) => each.command === command)) return `${command} is not a command of this workspace. A message that begins with “/” is read as a command.`;
    return failureOf(await this.api.post("command", { channel: this.id, command, text: rest }), command);
  }
}

const COMMAND_ERRORS = {
  dispatch_failed: "failed because the app did not answer (dispatch_failed). Is the bot running?",
  timeout: "failed because the app did not answer within 3 seconds (operation_timeout).",
  operation_timeout: "failed because the app did not answer within 3 seconds (operation_timeout).",
};

export function failureOf(answer, what) {
  if (answer.ok) return null;
  return `${what} ${COMMAND_ERRORS[answer.error] ?? `failed: ${answer.detail ?? answer.error}`}`;
}
