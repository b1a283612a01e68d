/** What stands above the messages of a channel: its name, topic, members and pins; and the words of its beginning. */

import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { nameOf } from "./message.js";
import { mrkdwn } from "./mrkdwn.js";
import { openPopover } from "./popover.js";
import { workspace } from "./workspace.js";

const signOf = (channel) => (channel.is_archived ? "archive" : channel.is_private ? "lock" : "hash");

/** @param {{pins: object[], openHome: () => void}} options  `openHome` leads from the app's messages to its home */
export function channelHead(channel, { pins, openHome }) {
  const isApp = channel.im_user === workspace.bot.user_id;
  const face = channel.is_im ? avatar(channel.im_user, 24) : icon(signOf(channel));
  return [
    h("h1", { class: "channel-title" }, face, h("span", {}, workspace.channelTitle(channel))),
    h("div", { class: "topic", title: channel.topic || null }, mrkdwn(channel.topic)),
    h(
      "div",
      { class: "head-tools" },
      isApp ? headButton("Home", "home", openHome, "Home") : null,
      pins.length
        ? headButton(`${pins.length} pinned`, "pin", (event) => showPins(event.currentTarget, pins), pins.length)
        : null,
      channel.is_im ? null : memberButton(channel.members ?? []),
    ),
  ];
}

const headButton = (label, name, onclick, text) =>
  h(
    "button",
    { type: "button", class: "head-button", "aria-label": label, title: label, onclick },
    icon(name, 16),
    text,
  );

const memberButton = (members) =>
  headButton(
    `${members.length} members`,
    "people",
    (event) => showMembers(event.currentTarget, members),
    members.length,
  );

function showMembers(anchor, members) {
  const titleOf = (id) => workspace.person(id)?.title ?? (id === workspace.bot.user_id ? "App" : "");
  const words = (id) => [
    h("span", { class: "menu-label" }, workspace.userName(id)),
    h("span", { class: "menu-hint" }, titleOf(id)),
  ];
  const rows = members.map((id) =>
    h("li", { class: "person-row" }, avatar(id, 28), h("span", { class: "menu-text" }, words(id))),
  );
  showList(anchor, "Members", rows);
}

function showPins(anchor, pins) {
  const rows = pins.map((message) =>
    h("li", { class: "pin-row" }, h("b", {}, nameOf(message)), h("div", { class: "pin-text" }, mrkdwn(message.text))),
  );
  showList(anchor, "Pinned messages", rows);
}

function showList(anchor, label, rows) {
  const list = h("ul", { class: "person-list", tabindex: "-1" }, rows);
  openPopover(anchor, [h("div", { class: "menu-title" }, label), list], { label });
  list.focus();
}

/** The first words of a channel or direct message. */
export function leadIn(channel) {
  if (!channel) return null;
  const title = workspace.channelTitle(channel);
  const words = channel.is_im
    ? `This is the beginning of your direct messages with ${title}.`
    : channel.purpose || `This is the very beginning of #${title}.`;
  const face = channel.is_im
    ? avatar(channel.im_user, 48)
    : h("span", { class: "lead-sign" }, icon(signOf(channel), 26));
  return h("div", { class: "lead-in" }, face, h("h2", {}, title), h("p", {}, words));
}
