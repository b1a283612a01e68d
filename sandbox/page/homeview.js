/** The app's Home tab. */

import { coalesced } from "./api.js";
import { avatar } from "./avatar.js";
import { blockNodes } from "./blocks.js";
import { fill, h } from "./dom.js";
import { handOver, heirOf } from "./focus.js";
import { Surface } from "./surface.js";
import { workspace } from "./workspace.js";

export class HomeView {
  /** @param {{api: object, openChannel: (id: string) => void}} options */
  constructor({ api, openChannel }) {
    Object.assign(this, { api, openChannel });
    this.body = h("div", { class: "home-body", id: "messages", tabindex: "0" }, h("p", { class: "empty" }, "Loading…"));
    this.node = h(
      "section",
      { class: "view", "aria-label": `Home of ${workspace.bot.name}` },
      this.#header(),
      h("div", { class: "home-scroll" }, this.body),
    );
    this.refresh = coalesced(() => this.#load());
    this.#open();
  }

  #header() {
    const direct = workspace.channels.find((channel) => channel.is_im && channel.im_user === workspace.bot.user_id);
    return h(
      "header",
      { class: "channel-head is-home" },
      h("h1", { class: "channel-title" }, avatar(workspace.bot.user_id, 24), h("span", {}, workspace.bot.name)),
      h(
        "nav",
        { class: "tabs", "aria-label": "App" },
        h("span", { class: "tab", "aria-current": "page" }, "Home"),
        direct
          ? h("button", { type: "button", class: "tab", onclick: () => this.openChannel(direct.id) }, "Messages")
          : null,
      ),
    );
  }

  async #open() {
    await this.api.post("home_opened");
    await this.refresh();
  }

  async #load() {
    const { view } = await this.api.get("home");
    if (!view) {
      fill(
        this.body,
        h(
          "div",
          { class: "empty" },
          h("h2", {}, "Nothing here yet"),
          h("p", {}, `${workspace.bot.name} has not published a Home tab for you.`),
        ),
      );
      return;
    }
    if (this.surface?.container.view_id !== view.id)
      this.surface = new Surface("home", { type: "view", view_id: view.id }, this.api);
    this.surface.take(view.blocks);
    const active = this.body.contains(document.activeElement) ? document.activeElement : null;
    const fresh = h("div", {}, blockNodes(view.blocks, this.surface));
    const heir = active && heirOf(active, this.body, fresh);
    fill(this.body, fresh);
    if (heir) handOver(active, heir);
  }
}
