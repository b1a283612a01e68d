/** What select menus offer: options of the element, people, channels, conversations. */

import { h } from "./dom.js";
import { avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { plainText } from "./mrkdwn.js";
import { workspace } from "./workspace.js";

const choiceOf = (option, group) => ({
  id: option.value,
  label: plainText(option.text),
  hint: plainText(option.description),
  group,
});

export function optionChoices(element) {
  const groups = element.option_groups ?? [{ label: null, options: element.options ?? [] }];
  return groups.flatMap((group) =>
    (group.options ?? []).map((option) => choiceOf(option, group.label ? plainText(group.label) : null)),
  );
}

export const peopleChoices = () =>
  workspace.people.map((person) => ({
    id: person.id,
    label: person.real_name || person.name,
    hint: person.title,
    lead: () => avatar(person.id, 20),
  }));

const channelChoice = (channel) => ({
  id: channel.id,
  label: workspace.channelTitle(channel),
  lead: () =>
    h(
      "span",
      { class: "lead" },
      channel.is_im ? avatar(channel.im_user, 20) : icon(channel.is_private ? "lock" : "hash", 16),
    ),
});

const open = () => workspace.channels.filter((channel) => !channel.is_archived);

export const channelChoices = () =>
  open()
    .filter((channel) => !channel.is_private && !channel.is_im)
    .map(channelChoice);

export function conversationChoices(element) {
  const wanted = element.filter?.include ?? ["public", "private", "im", "mpim"];
  const kind = (channel) => (channel.is_im ? "im" : channel.is_private ? "private" : "public");
  const isBotOut = (channel) => element.filter?.exclude_bot_users && channel.im_user === workspace.bot.user_id;
  return open()
    .filter((channel) => wanted.includes(kind(channel)) && !isBotOut(channel))
    .map(channelChoice);
}
