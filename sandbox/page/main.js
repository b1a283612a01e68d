/** Joins the parts: starts the page, opens what is asked for, and re-reads what the server says has changed. */

import { Api, coalesced, listen, throttled } from "./api.js";
import { ask, toast } from "./dialogs.js";
import { ChannelView } from "./channelview.js";
import { h, isPhone } from "./dom.js";
import { HomeView } from "./homeview.js";
import { icon } from "./icons.js";
import { Modals } from "./modal.js";
import { Panel } from "./panel.js";
import { openMenu } from "./popover.js";
import { drawSidebar } from "./sidebar.js";
import { ThreadView } from "./threadview.js";
import { drawTopbar } from "./topbar.js";
import { pageUrl, preference, workspace } from "./workspace.js";

const HOME = "home";
/** Too narrow for channels, messages, a thread and the controls beside one another. */
const isNarrow = () => matchMedia("(max-width: 1560px)").matches;
const nodes = Object.fromEntries(["app", "topbar", "status", "sidebar", "scrim", "main", "thread", "panel"].map((id) => [id, document.getElementById(id)]));

class Page {
  constructor(api) {
    this.api = api;
    this.bot = null;
    this.view = null;
    this.thread = null;
    this.modals = new Modals(api);
    this.panel = new Panel(nodes.panel, { api, close: () => this.setPanel(false) });
    this.refreshChannels = coalesced(() => this.#loadChannels());
    this.trafficSoon = throttled(() => this.#refreshTraffic(), 500);
    nodes.scrim.addEventListener("click", () => { this.setSidebar(false); if (isPhone()) this.setPanel(false); });
    document.addEventListener("click", (event) => this.#followChannelLink(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") this.view?.refresh(); });
    window.addEventListener("popstate", () => this.open(this.#wanted(), { isNew: false }));
    matchMedia("(max-width: 760px)").addEventListener("change", () => this.setSidebar(false));
  }

  async start() {
    await this.#loadChannels();
    this.setSidebar(false);
    this.setPanel(preference.read("panel") === "open" && !isPhone());
    this.open(this.#wanted(), { isNew: false });
    listen(workspace.me, (event) => this.#event(event), (isOpen, isFirst) => this.#connection(isOpen, isFirst));
  }

  #wanted() {
    const wanted = new URLSearchParams(location.search).get("channel");
    if (wanted === HOME || workspace.channel(wanted)) return wanted;
    const mine = workspace.channels.filter((channel) => channel.is_member && !channel.is_im && !channel.is_archived);
    return (mine.find((channel) => channel.unread) ?? mine.find((channel) => channel.name === "general") ?? mine[0] ?? workspace.channels[0])?.id ?? HOME;
  }

  /** Opens a channel by its id, or the app's home. */
  open(id, { isNew = true } = {}) {
    if (isNew && id !== this.current) history.pushState(null, "", pageUrl({ channel: id }));
    this.setSidebar(false);
    this.closeThread();
    this.current = id;
    this.view = id === HOME ? new HomeView({ api: this.api, openChannel: (each) => this.open(each) }) : this.#channelView(id);
    nodes.main.replaceChildren(this.view.node);
    this.#drawSidebar();
    this.#drawTitle();
    if (!isPhone()) this.view.composer?.focus();
  }

  #channelView(id) {
    return new ChannelView({
      api: this.api, id, openThread: (ts) => this.openThread(id, ts), openShortcuts: (anchor) => this.#openShortcuts(anchor),
      refreshChannels: () => this.refreshChannels(), openHome: () => this.open(HOME),
    });
  }

  openThread(channel, ts) {
    if (isNarrow()) this.setPanel(false, { isKept: true });
    this.thread = new ThreadView({ api: this.api, channel, ts, close: () => this.closeThread() });
    nodes.thread.replaceChildren(this.thread.node);
    nodes.thread.hidden = false;
    nodes.app.classList.add("has-thread");
    this.thread.composer.focus();
  }

  closeThread() {
    const hadFocus = nodes.thread.contains(document.activeElement);
    this.thread = null;
    nodes.thread.hidden = true;
    nodes.thread.replaceChildren();
    nodes.app.classList.remove("has-thread");
    if (hadFocus && !isPhone()) this.view?.composer?.focus();
  }

  /** @param {{isKept?: boolean}} options  `isKept`: only for now, the next visit opens as before */
  setPanel(isOpen, { isKept = false } = {}) {
    if (isOpen && isNarrow() && this.thread) this.closeThread();
    const hadFocus = nodes.panel.contains(document.activeElement);
    this.isPanelOpen = isOpen;
    nodes.panel.hidden = !isOpen;
    nodes.app.classList.toggle("has-panel", isOpen);
    if (!isKept) preference.write("panel", isOpen ? "open" : "closed");
    if (isOpen) this.panel.refresh();
    this.#drawTopbar();
    this.#drawScrim();
    if (hadFocus) nodes.topbar.querySelector("[data-focus=panel]")?.focus();
  }

  /** On a phone the channels are a drawer; on a wide screen they always stand there. */
  setSidebar(isOpen) {
    this.isSidebarOpen = isOpen;
    nodes.app.classList.toggle("has-drawer", isOpen);
    nodes.sidebar.inert = isPhone() && !isOpen;
    this.#drawScrim();
    if (isOpen) nodes.sidebar.querySelector("a, button")?.focus();
  }

  #drawScrim() {
    nodes.scrim.hidden = !(isPhone() && (this.isSidebarOpen || this.isPanelOpen));
  }

  #drawSidebar() {
    drawSidebar(nodes.sidebar, { current: this.current, openChannel: (id) => this.open(id), openHome: () => this.open(HOME), createChannel: () => this.#createChannel() });
  }

  #drawTopbar() {
    drawTopbar(nodes.topbar, { bot: this.bot, isPanelOpen: this.isPanelOpen, togglePanel: () => this.setPanel(!this.isPanelOpen), toggleSidebar: () => this.setSidebar(!this.isSidebarOpen) });
  }

  #drawTitle() {
    const channel = workspace.channel(this.current);
    const unread = workspace.channels.filter((each) => each.mention && each.unread).length;
    const place = this.current === HOME ? workspace.bot.name : channel ? workspace.channelTitle(channel) : "";
    document.title = `${unread ? `(${unread}) ` : ""}${place} · ${workspace.team.name}`;
  }

  async #loadChannels() {
    const answer = await this.api.get("channels");
    if (!answer.ok) return;
    workspace.channels = answer.channels;
    if (!this.view) return;
    this.#drawSidebar();
    this.#drawTitle();
    this.view.drawChannel?.();
  }

  #refreshTraffic() {
    if (this.isPanelOpen) this.panel.traffic.refresh();
  }

  #event(event) {
    (this.#events[event.type] ?? (() => {}))(event);
  }

  #events = {
    channels: () => { this.refreshChannels(); this.view?.refreshMarks?.(); },
    messages: (event) => this.#messagesChanged(event),
    view: (event) => this.modals.show(event.stack ?? (event.view ? [event.view] : [])),
    home: () => { if (this.current === HOME) this.view.refresh(); },
    traffic: (event) => { if (this.isPanelOpen) this.panel.traffic.add(event.call); },
    traffic_many: () => this.trafficSoon(),
    neonpro: () => { if (this.isPanelOpen) this.panel.refreshNeonpro(); },
    faults: () => { if (this.isPanelOpen) this.panel.refreshFaults(); },
    toast: (event) => toast(event.text, event.level),
    bot: (event) => this.#botChanged(event),
  };

  #messagesChanged({ channel, thread_ts: threadTs, ts }) {
    if (channel !== this.current) this.refreshChannels();
    else this.view.refresh();
    if (this.thread?.channel === channel && [threadTs, ts].includes(this.thread.ts)) this.thread.refresh();
  }

  #botChanged({ connected, connections }) {
    this.bot = { connected, connections };
    this.panel.setBot(this.bot);
    this.#drawTopbar();
  }

  #connection(isOpen, isFirst) {
    nodes.status.hidden = isOpen;
    nodes.status.textContent = isOpen ? "" : "Reconnecting to the practice workspace…";
    if (isOpen) this.modals.refresh();
    if (!isOpen || isFirst) return;
    this.refreshChannels();
    this.view?.refresh();
    this.thread?.refresh();
    if (this.isPanelOpen) this.panel.refresh();
  }

  #followChannelLink(event) {
    const target = event.target.closest?.("a[data-channel]");
    if (!target || event.defaultPrevented || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (workspace.channel(target.dataset.channel)) this.open(target.dataset.channel);
    else toast("You are not a member of that channel.", "error");
  }

  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (this.isSidebarOpen) this.setSidebar(false);
    else if (this.isPanelOpen && isPhone()) this.setPanel(false);
    else if (this.thread) this.closeThread();
  }

  #openShortcuts(anchor) {
    const items = workspace.shortcuts.filter((shortcut) => shortcut.type !== "message").map((shortcut) => ({
      label: shortcut.name, hint: shortcut.description, lead: h("span", { class: "lead" }, icon("bolt", 16)), run: () => this.#runShortcut(shortcut),
    }));
    if (items.length) openMenu(anchor, items, { label: "Shortcuts", title: "Shortcuts" });
    else toast(`${workspace.bot.name} has no shortcuts.`);
  }

  async #runShortcut(shortcut) {
    const answer = await this.api.post("shortcut", { callback_id: shortcut.callback_id });
    if (!answer.ok) toast(`${shortcut.name}: ${answer.detail ?? answer.error}`, "error");
  }

  async #createChannel() {
    const name = h("input", { class: "input", name: "name", maxlength: 80, autocomplete: "off", placeholder: "for example: checkout", required: true, dataset: { autofocus: "" }, "aria-label": "Name" });
    const isPrivate = h("input", { type: "checkbox" });
    const body = [h("div", { class: "label" }, "Name"), name, h("label", { class: "box" }, isPrivate, h("span", { class: "box-text" }, "Private", h("span", { class: "box-hint" }, "Only people who are invited can see it")))];
    if (!(await ask({ title: "Create a channel", body, yes: "Create" }))) return;
    const answer = await this.api.post("channel", { name: name.value.trim(), is_private: isPrivate.checked });
    if (!answer.ok) return void toast(answer.detail ?? answer.error, "error");
    await this.refreshChannels();
    const created = answer.channel?.id ?? answer.id ?? workspace.channels.find((channel) => channel.name === name.value.trim())?.id;
    if (created) this.open(created);
  }
}

async function boot() {
  const asked = new URLSearchParams(location.search).get("as");
  const answer = await new Api(asked).get("boot");
  if (!answer.ok) return void showUnreachable(answer);
  Object.assign(workspace, { me: answer.me, team: answer.team, people: answer.people, bot: answer.bot, commands: answer.commands, shortcuts: answer.shortcuts });
  history.replaceState(null, "", pageUrl({ as: answer.me }));
  await new Page(new Api(answer.me)).start();
  document.body.dataset.ready = "true";
}

function showUnreachable(answer) {
  const retry = h("button", { type: "button", class: "button is-primary", onclick: () => location.assign(location.pathname) }, "Try again");
  nodes.main.replaceChildren(h("div", { class: "empty is-page" }, h("h1", {}, "The practice workspace did not open"), h("p", {}, answer.detail ?? answer.error), retry));
}

boot();
