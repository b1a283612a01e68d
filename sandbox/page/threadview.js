/** The panel on the right with one thread. */

import { coalesced } from "./api.js";
import { failureOf } from "./channelview.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messagelist.js";
import { workspace } from "./workspace.js";

export class ThreadView {
  /** @param {{api: object, channel: string, ts: string, close: () => void}} options */
  constructor({ api, channel, ts, close }) {
    Object.assign(this, { api, channel, ts });
    const place = workspace.channel(channel);
    this.list = new MessageList({ api, label: "Thread" });
    this.composer = new Composer({ placeholder: "Reply…", withCommands: false, onSend: (text) => this.#send(text) });
    this.node = h(
      "section",
      { class: "view" },
      h(
        "header",
        { class: "channel-head" },
        h("h2", { class: "channel-title" }, "Thread"),
        h("div", { class: "topic" }, place ? `${place.is_im ? "" : "#"}${workspace.channelTitle(place)}` : ""),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": "Close thread", onclick: close },
          icon("close"),
        ),
      ),
      this.list.node,
      h("div", { class: "channel-foot" }, this.composer.node),
    );
    this.refresh = coalesced(() => this.#load());
    this.refresh();
  }

  async #load() {
    const answer = await this.api.get("messages", { channel: this.channel, thread: this.ts });
    if (answer.ok) this.list.update(answer.messages);
    else this.composer.tell(answer.detail ?? answer.error);
  }

  async #send(text) {
    if (/^\/\S/.test(text)) return "Slash commands cannot be used in threads. Use the channel's own message field.";
    return failureOf(
      await this.api.post("say", { channel: this.channel, text, thread_ts: this.ts }),
      "The reply could not be sent",
    );
  }
}
