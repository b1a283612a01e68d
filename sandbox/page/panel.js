/** The practice controls: switches of NeonPro, faults of Slack, the bot's connection, and the live traffic. */

import { coalesced } from "./api.js";
import { faultsSection } from "./faults.js";
import { toast } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { neonproSection, switchGroups } from "./neonpro.js";
import { pagersSection } from "./pagers.js";
import { botWords } from "./topbar.js";
import { Traffic } from "./traffic.js";
import { preference } from "./workspace.js";

export class Panel {
  /** @param {{api: object, close: () => void}} options */
  constructor(node, { api, close }) {
    this.api = api;
    this.bot = null;
    this.connection = h("div", { class: "panel-bot" });
    this.neonpro = h("div");
    this.pagers = h("div");
    this.standing = h("div");
    this.faults = h("div");
    this.traffic = new Traffic(api);
    this.refreshNeonpro = coalesced(() => this.#loadNeonpro());
    this.refreshPagers = coalesced(() => this.#loadPagers());
    this.refreshStanding = coalesced(() => this.#loadStanding());
    this.refreshFaults = coalesced(() => this.#loadFaults());
    fill(
      node,
      h(
        "header",
        { class: "panel-head" },
        h("h2", {}, "Practice controls"),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": "Close the practice controls", onclick: close },
          icon("close"),
        ),
      ),
      h(
        "div",
        { class: "panel-scroll" },
        this.connection,
        part({ id: "neonpro", title: "NeonPro", text: "Make production misbehave", opensAtFirst: true }, this.neonpro),
        part(
          { id: "pagers", title: "Pagers", text: "Who was called, and what they do", opensAtFirst: false },
          this.pagers,
        ),
        part(
          { id: "standing", title: "People and channels", text: "Deactivate, archive, uninvite", opensAtFirst: false },
          this.standing,
        ),
        part(
          { id: "faults", title: "Slack faults", text: "Make Slack slow, forgetful or strict", opensAtFirst: false },
          this.faults,
        ),
        part(
          { id: "traffic", title: "Traffic", text: "What passes between Slack and the bot", opensAtFirst: true },
          this.traffic.node,
        ),
      ),
    );
    this.setBot(null);
  }

  /** Loads everything; called when the panel is opened and after the page was reconnected. */
  refresh() {
    this.refreshNeonpro();
    this.refreshPagers();
    this.refreshStanding();
    this.refreshFaults();
    this.traffic.refresh();
  }

  setBot(bot) {
    this.bot = bot;
    const disconnect = async (reason) => this.api.set("disconnect", { reason });
    const count = bot?.connections ?? 0;
    fill(
      this.connection,
      h(
        "div",
        { class: `bot-line ${bot ? (bot.connected ? "is-on" : "is-off") : ""}` },
        h("span", { class: "dot", "aria-hidden": "true" }),
        h("b", {}, botWords(bot)),
        bot?.connected ? h("span", { class: "quiet" }, `${count} ${count === 1 ? "connection" : "connections"}`) : null,
      ),
      h(
        "div",
        { class: "panel-row" },
        h(
          "button",
          { type: "button", class: "button is-tiny", onclick: () => disconnect("refresh_requested") },
          "Ask to reconnect",
        ),
        h(
          "button",
          { type: "button", class: "button is-tiny", onclick: () => disconnect("cut") },
          "Cut the connection",
        ),
      ),
    );
  }

  async #loadNeonpro() {
    const answer = await this.api.get("neonpro");
    redraw(
      this.neonpro,
      neonproSection(answer, (id, value) => this.#setNeonpro(id, value)),
    );
  }

  async #setNeonpro(id, value) {
    const answer = await this.api.set("neonpro", { id, value });
    if (!answer.ok) toast(answer.detail ?? answer.error, "error");
    await this.refreshNeonpro();
  }

  async #loadPagers() {
    const answer = await this.api.get("pagers");
    redraw(
      this.pagers,
      pagersSection(answer, (body) => this.#setPagers(body)),
    );
  }

  async #setPagers(body) {
    const answer = await this.api.set("pagers", body);
    if (!answer.ok) toast(answer.detail ?? answer.error, "error");
    await this.refreshPagers();
  }

  async #loadStanding() {
    const answer = await this.api.get("standing");
    redraw(
      this.standing,
      switchGroups(answer.switches ?? [], (id, value) => this.#setStanding(id, value)),
    );
  }

  async #setStanding(id, value) {
    const answer = await this.api.set("standing", { id, value });
    if (!answer.ok) toast(answer.detail ?? answer.error, "error");
    await this.refreshStanding();
  }

  async #loadFaults() {
    const answer = await this.api.get("faults");
    redraw(
      this.faults,
      faultsSection(answer, (changes) => this.#setFaults(changes)),
    );
  }

  async #setFaults(changes) {
    const answer = await this.api.set("faults", changes);
    if (!answer.ok) toast(answer.detail ?? answer.error, "error");
    await this.refreshFaults();
  }
}

/** Fills a part anew; the control in use stays in use. */
function redraw(node, content) {
  const inUse = node.contains(document.activeElement) ? document.activeElement.id : null;
  fill(node, content);
  if (inUse) document.getElementById(inUse)?.focus({ preventScroll: true });
}

/** A part that remembers whether it is open. */
function part({ id, title, text, opensAtFirst }, body) {
  const isOpen = (preference.read(`panel.${id}`) ?? (opensAtFirst ? "open" : "closed")) === "open";
  const node = h(
    "details",
    { class: "part", open: isOpen, ontoggle: () => preference.write(`panel.${id}`, node.open ? "open" : "closed") },
    h(
      "summary",
      { class: "part-head" },
      h("span", { class: "part-title" }, title),
      h("span", { class: "part-text" }, text),
      icon("down", 16),
    ),
    h("div", { class: "part-body" }, body),
  );
  return node;
}
