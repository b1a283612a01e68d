/** What the page knows of the workspace: who, where, and as whom. Filled by main.js, read by everything that draws. */

const FALLBACK_COLOR = "#5b5a5c";
const PALETTE = ["#2f6f4f", "#9a4b1f", "#6b4aa0", "#2a6a9a", "#a03c5e", "#5f6b1f", "#1f6f75", "#7a5230"];

export const workspace = {
  me: "",
  team: { id: "", name: "Practice workspace" },
  people: [],
  bot: { id: "", user_id: "", name: "App" },
  commands: [],
  shortcuts: [],
  channels: [],

  person(id) {
    return this.people.find((person) => person.id === id) ?? null;
  },
  channel(id) {
    return this.channels.find((channel) => channel.id === id) ?? null;
  },
  /** The name that is shown for a user id, be it a person or the app. */
  userName(id) {
    if (id && (id === this.bot.user_id || id === this.bot.id)) return this.bot.name;
    const person = this.person(id);
    return person ? person.real_name || person.name : id;
  },
  /** The handle typed after an @. */
  handle(id) {
    return id === this.bot.user_id
      ? this.bot.name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "-")
      : (this.person(id)?.name ?? id);
  },
  /** Each face has a colour of its own, also when the server gives several people the same. */
  colorOf(id) {
    const given = this.person(id)?.avatar_color;
    const isShared = this.people.filter((person) => person.avatar_color === given).length > 1;
    return isShared
      ? PALETTE[this.people.findIndex((person) => person.id === id) % PALETTE.length]
      : (given ?? FALLBACK_COLOR);
  },
  isBot(message) {
    return Boolean(message.bot_id) || message.user === this.bot.user_id;
  },
  /** The title of a channel or direct message as it stands in the sidebar. */
  channelTitle(channel) {
    return channel.is_im ? this.userName(channel.im_user) : channel.name;
  },
};

/** The address of this page with another person or channel. */
export function pageUrl(changes) {
  const params = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value) params.set(key, value);
    else params.delete(key);
  }
  return `${location.pathname}?${params}`;
}

/** A preference of this browser; private windows may refuse to store, which is fine. */
export const preference = {
  read(key) {
    try {
      return localStorage.getItem(`practice.${key}`);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(`practice.${key}`, value);
    } catch {
      /* the preference lasts as long as the window */
    }
  },
};
