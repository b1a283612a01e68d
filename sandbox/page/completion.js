/** What the composer offers while one types: slash commands, people after @, channels after #. */

import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { workspace } from "./workspace.js";

const MOST = 8;

/**
 * @typedef {{insert: string, label: string, hint: string, extra?: string, lead: Node}} Completion
 * @returns {{from: number, items: Completion[], kind: string}|null}  `from` is where the completed word starts
 */
export function completionsFor(text, caret, { withCommands = true } = {}) {
  const before = text.slice(0, caret);
  if (withCommands && /^\/\S*$/.test(before)) return found(0, "Commands", commands(before));
  const word = /(?:^|[\s(])([@#])([\p{L}\p{N}._-]*)$/u.exec(before);
  if (!word) return null;
  const from = caret - word[2].length - 1;
  return word[1] === "@" ? found(from, "People", people(word[2])) : found(from, "Channels", channels(word[2]));
}

const found = (from, kind, items) => (items.length ? { from, kind, items: items.slice(0, MOST) } : null);

const starts = (text, wanted) =>
  text
    .toLowerCase()
    .split(/[\s._-]+/)
    .some((part) => part.startsWith(wanted.toLowerCase())) || text.toLowerCase().startsWith(wanted.toLowerCase());

const commands = (typed) =>
  workspace.commands
    .filter(({ command }) => command.startsWith(typed.toLowerCase()))
    .map((each) => ({
      insert: `${each.command} `,
      label: each.command,
      extra: each.usage_hint,
      hint: each.description,
      lead: h("span", { class: "lead" }, avatar(workspace.bot.user_id, 24)),
    }));

function people(typed) {
  const bot = {
    id: workspace.bot.user_id,
    name: workspace.handle(workspace.bot.user_id),
    real_name: workspace.bot.name,
    title: "App",
  };
  return [...workspace.people, bot]
    .filter((person) => starts(`${person.name} ${person.real_name}`, typed))
    .map((person) => ({
      insert: `@${person.name} `,
      label: person.real_name || person.name,
      extra: `@${person.name}`,
      hint: person.title ?? "",
      lead: h("span", { class: "lead" }, avatar(person.id, 24)),
    }));
}

const channels = (typed) =>
  workspace.channels
    .filter((channel) => !channel.is_im && !channel.is_archived && starts(channel.name, typed))
    .map((channel) => ({
      insert: `#${channel.name} `,
      label: channel.name,
      hint: channel.topic,
      lead: h("span", { class: "lead" }, icon(channel.is_private ? "lock" : "hash", 16)),
    }));
