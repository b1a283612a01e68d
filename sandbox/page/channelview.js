/** The middle of the page for a channel: header, bookmarks, messages, composer. */

import { coalesced } from "./api.js";
import { channelHead, leadIn } from "./channelhead.js";
import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import { hint, tried } from "./hint.js";
import { icon } from "./icons.js";
import { MessageList } from "./messagelist.js";
import { link } from "./mrkdwn.js";
import { workspace } from "./workspace.js";

export class ChannelView {
  /** @param {{api: object, id: string, openThread: (ts: string) => void, openShortcuts: (anchor: HTMLElement) => void, refreshChannels: () => void, openHome: () => void}} options */
  constructor(options) {
    Object.assign(this, options);
    this.header = h("header", { class: "channel-head" });
    this.bookmarks = h("nav", { class: "bookmarks", "aria-label": "Bookmarks", hidden: true });
    this.list = new MessageList({
      api: this.api,
      label: "Messages",
      openThread: this.openThread,
      lead: leadIn(this.channel),
    });
    this.list.scroller.id = "messages";
    this.composer = new Composer({
      placeholder: "",
      onSend: (text) => this.#send(text),
      onShortcuts: this.openShortcuts,
    });
    this.foot = h("div", { class: "channel-foot" });
    this.node = h(
      "section",
      { class: "view", "aria-label": "Channel" },
      this.header,
      this.bookmarks,
      this.list.node,
      this.foot,
    );
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

  /** Draws what /ui/channels knows: name, topic, members, and whether one may write here. */
  drawChannel() {
    const channel = this.channel;
    if (!channel) return;
    const title = workspace.channelTitle(channel);
    const { topic, members, is_archived: isArchived } = channel;
    const sign = JSON.stringify([title, topic, members, isArchived, this.pins]);
    if (sign !== this.headSign)
      fill(this.header, channelHead(channel, { pins: this.pins ?? [], openHome: this.openHome }));
    this.headSign = sign;
    this.composer.setPlaceholder(`Message ${channel.is_im ? "" : "#"}${title}`);
    if (this.footKind !== this.#footKind(channel)) this.#drawFoot(channel);
  }

  #footKind = (channel) => (channel.is_archived ? "archived" : channel.is_member || channel.is_im ? "write" : "join");

  #drawFoot(channel) {
    this.footKind = this.#footKind(channel);
    const tries = () => hint((text) => this.composer.insert(text));
    const feet = {
      archived: () => archivedNote(),
      join: () => this.#joinNote(channel),
      write: () => [tries(), this.composer.node],
    };
    fill(this.foot, feet[this.footKind]());
  }

  #joinNote(channel) {
    const join = async () => {
      const answer = await this.api.post("join", { channel: this.id });
      if (answer.ok) this.refreshChannels();
    };
    return h(
      "div",
      { class: "foot-note" },
      h("span", {}, "You are looking at ", h("b", {}, `#${channel.name}`)),
      h("button", { type: "button", class: "button is-primary", onclick: join }, "Join channel"),
    );
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
    const [pins, bookmarks] = await Promise.all([
      this.api.get("pins", { channel: this.id }),
      this.api.get("bookmarks", { channel: this.id }),
    ]);
    this.pins = (pins.pins ?? pins.items ?? []).map((item) => item.message ?? item);
    this.drawChannel();
    const marks = bookmarks.bookmarks ?? [];
    this.bookmarks.hidden = !marks.length;
    fill(
      this.bookmarks,
      marks.map((mark) =>
        h("span", { class: "bookmark" }, icon("bookmark", 14), link(mark.link ?? "", mark.title) ?? mark.title),
      ),
    );
  }

  /** Sends a message or a command; a sentence when it failed. */
  async #send(text) {
    const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    this.list.wasAtBottom = true;
    if (!command)
      return failureOf(await this.api.post("say", { channel: this.id, text }), "The message could not be sent");
    if (!workspace.commands.some((each) => each.command === command))
      return `${command} is not a command of this workspace. A message that begins with “/” is read as a command.`;
    tried();
    return failureOf(await this.api.post("command", { channel: this.id, command, text: rest }), command);
  }
}

const archivedNote = () =>
  h("div", { class: "foot-note" }, icon("archive"), "This channel is archived: it can be read, not written to.");

const COMMAND_ERRORS = {
  dispatch_failed: "failed because the app did not answer (dispatch_failed). Is the bot running?",
  timeout: "failed because the app did not answer within 3 seconds (operation_timeout).",
  operation_timeout: "failed because the app did not answer within 3 seconds (operation_timeout).",
};

export function failureOf(answer, what) {
  if (answer.ok) return null;
  return `${what} ${COMMAND_ERRORS[answer.error] ?? `failed: ${answer.detail ?? answer.error}`}`;
}
