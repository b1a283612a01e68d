/** The dark column: the app's home, channels, direct messages, and the channels one could join. */

import { avatar } from "./avatar.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { pageUrl, workspace } from "./workspace.js";

/** @param {{current: string, openChannel: (id: string) => void, openHome: () => void, createChannel: () => void}} options  `current` is a channel id or "home" */
export function drawSidebar(node, options) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const scroll = node.querySelector(".sidebar-scroll")?.scrollTop ?? 0;
  const live = workspace.channels.filter((channel) => !channel.is_archived || channel.id === options.current);
  const mine = live.filter((channel) => !channel.is_im && channel.is_member).sort(byName);
  const others = live.filter((channel) => !channel.is_im && !channel.is_member).sort(byName);
  const direct = live
    .filter((channel) => channel.is_im)
    .sort((a, b) => workspace.channelTitle(a).localeCompare(workspace.channelTitle(b)));
  const add = h(
    "button",
    {
      type: "button",
      class: "side-add",
      "aria-label": "Create a channel",
      title: "Create a channel",
      dataset: { focus: "add" },
      onclick: options.createChannel,
    },
    icon("plus", 16),
  );
  fill(
    node,
    h(
      "div",
      { class: "side-head" },
      h("span", { class: "side-team" }, workspace.team.name),
      h("span", { class: "side-sub" }, "Practice workspace"),
    ),
    h(
      "div",
      { class: "sidebar-scroll" },
      homeLink(options),
      group(
        "Channels",
        mine.map((channel) => row(channel, options)),
        add,
      ),
      direct.length
        ? group(
            "Direct messages",
            direct.map((channel) => row(channel, options)),
          )
        : null,
      others.length
        ? group(
            "Channels to join",
            others.map((channel) => row(channel, options)),
          )
        : null,
    ),
  );
  node.querySelector(".sidebar-scroll").scrollTop = scroll;
  if (focused) node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

const byName = (a, b) => a.name.localeCompare(b.name);

const group = (title, rows, tool = null) =>
  h(
    "section",
    { class: "side-group", "aria-label": title },
    h("h2", { class: "side-title" }, h("span", {}, title), tool),
    h("ul", { class: "side-list" }, rows),
  );

const homeLink = ({ current, openHome }) =>
  h(
    "a",
    {
      class: "side-row is-home",
      href: pageUrl({ channel: "home" }),
      "aria-current": current === "home" ? "page" : null,
      dataset: { focus: "home" },
      onclick: (event) => {
        event.preventDefault();
        openHome();
      },
    },
    avatar(workspace.bot.user_id, 20),
    h("span", { class: "side-name" }, workspace.bot.name),
    h("span", { class: "side-note" }, "Home"),
  );

function row(channel, { current, openChannel }) {
  const isCurrent = channel.id === current;
  const isUnread = channel.unread > 0 && !isCurrent;
  const hasBadge = isUnread && (channel.mention || channel.is_im);
  const classes = ["side-row", isUnread && "is-unread", !channel.is_member && !channel.is_im && "is-other"]
    .filter(Boolean)
    .join(" ");
  const words = [
    channel.is_private && !channel.is_im ? "private channel" : null,
    isUnread ? `${channel.unread} unread` : null,
    hasBadge && !channel.is_im ? "you were mentioned" : null,
  ]
    .filter(Boolean)
    .join(", ");
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: classes,
        href: pageUrl({ channel: channel.id }),
        "aria-current": isCurrent ? "page" : null,
        dataset: { focus: channel.id, channel: channel.id },
        onclick: (event) => {
          event.preventDefault();
          event.stopPropagation();
          openChannel(channel.id);
        },
      },
      h(
        "span",
        { class: "side-icon" },
        channel.is_im
          ? avatar(channel.im_user, 20)
          : icon(channel.is_archived ? "archive" : channel.is_private ? "lock" : "hash", 16),
      ),
      h("span", { class: "side-name" }, workspace.channelTitle(channel)),
      words ? h("span", { class: "sr-only" }, `, ${words}`) : null,
      hasBadge ? h("span", { class: "badge", "aria-hidden": "true" }, channel.unread) : null,
    ),
  );
}
