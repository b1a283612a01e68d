/** People who join one after another stand in one line, as in Slack. */

const isJoin = (message) => /^(channel|group)_join$/.test(message.subtype ?? "");
const whoIn = (message) => message.text.match(/^<@\w+>/)?.[0];

/** The messages with runs of joins as one; the message `apart` begins a line of its own. */
export function joinsTogether(messages, apart) {
  const shown = [];
  for (const message of messages) {
    const last = shown.at(-1);
    if (last && isJoin(last) && isJoin(message) && message.ts !== apart) shown.push(withOneMore(shown.pop(), message));
    else shown.push(message);
  }
  return shown;
}

function withOneMore(line, message) {
  const along = [...(line.along ?? []), whoIn(message)];
  const others = along.length > 2 ? `${along.length} others` : along.join(" and ");
  return { ...line, along, text: `${whoIn(line)} has joined the channel, along with ${others}` };
}
