/** One message: face, name, time, text or blocks, and what hangs on it. */

import { avatar } from "./avatar.js";
import { blockNodes } from "./blocks.js";
import { h } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { hasMessageShortcuts, openMessageShortcuts } from "./shortcuts.js";
import { ago, clock, dateOf, fullTime } from "./time.js";
import { workspace } from "./workspace.js";

export const nameOf = (message) =>
  workspace.isBot(message)
    ? message.username || workspace.bot.name
    : workspace.userName(message.user) || message.username || "Slack";

const authorOf = (message) => message.user ?? message.bot_id ?? message.username;
const faceOf = (message) => (workspace.isBot(message) ? workspace.bot.user_id : message.user);
const isSystem = (message) =>
  /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$/.test(message.subtype ?? "");

const GROUP_SECONDS = 300;

/** Whether a message stands under the one before without a face and a name of its own. */
export function isCompact(message, before) {
  if (!before || message.ephemeral || before.ephemeral || message.pinned || isSystem(message) !== isSystem(before))
    return false;
  return authorOf(message) === authorOf(before) && Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
}

/**
 * @param {{compact: boolean, surface: import("./surface.js").Surface, openThread: ?(ts: string) => void}} options
 *   without openThread the message stands in a thread already
 */
export function messageNode(message, { compact, surface, openThread }) {
  const body = message.blocks?.length
    ? blockNodes(message.blocks, surface)
    : h("div", { class: "text" }, mrkdwn(message.text));
  const date = dateOf(message.ts);
  const time = h("time", { class: "message-time", datetime: date.toISOString(), title: fullTime(date) }, clock(date));
  const classes = [
    "message",
    compact && "is-compact",
    message.ephemeral && "is-ephemeral",
    message.pinned && "is-pinned",
    isSystem(message) && "is-system",
  ];
  return h(
    "li",
    {
      class: classes.filter(Boolean).join(" "),
      dataset: { ts: message.ts },
      "aria-label": compact ? `${nameOf(message)}, ${clock(date)}` : null,
    },
    marks(message),
    h(
      "div",
      { class: "message-row" },
      h("div", { class: "message-gutter" }, compact ? time : avatar(faceOf(message))),
      h(
        "div",
        { class: "message-body" },
        compact ? null : headLine(message, time),
        h(
          "div",
          { class: "message-content" },
          body,
          message.edited ? h("span", { class: "edited" }, "(edited)") : null,
        ),
        files(message),
        reactions(message),
        openThread && message.reply_count ? replies(message, openThread) : null,
      ),
    ),
    openThread && !message.ephemeral ? tools(message, surface, openThread) : null,
  );
}

function marks(message) {
  if (message.ephemeral) return h("div", { class: "message-mark" }, icon("eye", 14), "Only visible to you");
  if (message.pinned) return h("div", { class: "message-mark is-pin" }, icon("pin", 14), "Pinned");
  if (message.subtype === "thread_broadcast")
    return h("div", { class: "message-mark" }, icon("thread", 14), "Replied to a thread");
  return null;
}

const headLine = (message, time) =>
  h(
    "div",
    { class: "message-head" },
    h("span", { class: "message-name" }, nameOf(message)),
    workspace.isBot(message) ? h("span", { class: "app-badge" }, "APP") : null,
    time,
  );

function files(message) {
  if (!message.files?.length) return null;
  return h(
    "ul",
    { class: "files", "aria-label": "Files" },
    message.files.map((file) =>
      h(
        "li",
        { class: "file" },
        icon("bookmark", 16),
        h("span", {}, file.title || file.name),
        h("span", { class: "quiet" }, file.pretty_type ?? file.filetype ?? ""),
      ),
    ),
  );
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map((reaction) =>
      h(
        "span",
        {
          class: "reaction",
          title: `${(reaction.users ?? []).map((id) => workspace.userName(id)).join(", ")} reacted with :${reaction.name}:`,
        },
        emojiOf(reaction.name) ?? `:${reaction.name}:`,
        h("span", { class: "reaction-count" }, reaction.count),
      ),
    ),
  );
}

function replies(message, openThread) {
  const count = message.reply_count;
  const last = message.latest_reply ? `Last reply ${ago(dateOf(message.latest_reply))}` : "View thread";
  return h(
    "button",
    {
      type: "button",
      class: "replies",
      dataset: { focus: `replies/${message.ts}` },
      onclick: () => openThread(message.ts),
    },
    (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, 20)),
    h("span", { class: "replies-count" }, `${count} ${count === 1 ? "reply" : "replies"}`),
    h("span", { class: "replies-hint" }, last),
  );
}

const tools = (message, surface, openThread) =>
  h(
    "div",
    { class: "message-tools" },
    hasMessageShortcuts() ? moreButton(message, surface) : null,
    h(
      "button",
      {
        type: "button",
        class: "icon-button is-small",
        "aria-label": `Reply in thread to ${nameOf(message)}`,
        title: "Reply in thread",
        dataset: { focus: `reply/${message.ts}` },
        onclick: () => openThread(message.thread_ts ?? message.ts),
      },
      icon("thread", 16),
    ),
  );

const moreButton = (message, surface) =>
  h(
    "button",
    {
      type: "button",
      class: "icon-button is-small",
      "aria-label": `Use a message shortcut on the message of ${nameOf(message)}`,
      "aria-haspopup": "menu",
      title: "Use a message shortcut",
      dataset: { focus: `more/${message.ts}` },
      onclick: ({ currentTarget }) =>
        openMessageShortcuts(currentTarget, surface.api, { channel: surface.container.channel, ts: message.ts }),
    },
    icon("dots", 16),
  );
