/** The page as a whole: opens what is asked for, and re-reads what the server says has changed. */

import { coalesced, listen, throttled } from "./api.js";
import { toast } from "./dialogs.js";
import { ChannelView } from "./channelview.js";
import { isPhone } from "./dom.js";
import { HomeView } from "./homeview.js";
import { Modals } from "./modal.js";
import { createChannel } from "./newchannel.js";
import { Panel } from "./panel.js";
import { openShortcuts } from "./shortcuts.js";
import { drawSidebar } from "./sidebar.js";
import { ThreadView } from "./threadview.js";
import { drawTopbar } from "./topbar.js";
import { pageUrl, preference, workspace } from "./workspace.js";

const HOME = "home";
/** Too narrow for channels, messages, a thread and the controls beside one another. */
const isNarrow = () => matchMedia("(max-width: 1560px)").matches;
/** The fixed parts of index.html. */
const nodes = Object.fromEntries(
  ["app", "topbar", "status", "sidebar", "scrim", "main", "thread", "panel"].map((id) => [
    id,
    document.getElementById(id),
  ]),
);

/** The open page of one person. */
export class Page {
  constructor(api) {
    this.api = api;
    this.bot = null;
    this.view = null;
    this.thread = null;
    this.modals = new Modals(api);
    this.panel = new Panel(nodes.panel, { api, close: () => this.setPanel(false) });
    this.refreshChannels = coalesced(() => this.#loadChannels());
    this.trafficSoon = throttled(() => this.#refreshTraffic(), 500);
    nodes.scrim.addEventListener("click", () => {
      this.setSidebar(false);
      if (isPhone()) this.setPanel(false);
    });
    document.addEventListener("click", (event) => this.#followChannelLink(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.view?.refresh();
    });
    window.addEventListener("popstate", () => this.open(this.#wanted(), { isNew: false }));
    matchMedia("(max-width: 760px)").addEventListener("change", () => this.setSidebar(false));
  }

  async start() {
    await this.#loadChannels();
    this.setSidebar(false);
    this.setPanel(preference.read("panel") === "open" && !isPhone());
    this.open(this.#wanted(), { isNew: false });
    listen(
      workspace.me,
      (event) => this.#event(event),
      (isOpen, isFirst) => this.#connection(isOpen, isFirst),
    );
  }

  #wanted() {
    const wanted = new URLSearchParams(location.search).get("channel");
    if (wanted === HOME || workspace.channel(wanted)) return wanted;
    const mine = workspace.channels.filter((channel) => channel.is_member && !channel.is_im && !channel.is_archived);
    return (
      (
        mine.find((channel) => channel.unread) ??
        mine.find((channel) => channel.name === "general") ??
        mine[0] ??
        workspace.channels[0]
      )?.id ?? HOME
    );
  }

  /** Opens a channel by its id, or the app's home. */
  open(id, { isNew = true } = {}) {
    if (isNew && id !== this.current) history.pushState(null, "", pageUrl({ channel: id }));
    this.setSidebar(false);
    this.closeThread();
    this.current = id;
    this.view =
      id === HOME ? new HomeView({ api: this.api, openChannel: (each) => this.open(each) }) : this.#channelView(id);
    nodes.main.replaceChildren(this.view.node);
    this.#drawSidebar();
    this.#drawTitle();
    if (!isPhone()) this.view.composer?.focus();
  }

  #channelView(id) {
    return new ChannelView({
      api: this.api,
      id,
      openThread: (ts) => this.openThread(id, ts),
      openShortcuts: (anchor) => openShortcuts(anchor, this.api),
      refreshChannels: () => this.refreshChannels(),
      openHome: () => this.open(HOME),
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
    drawSidebar(nodes.sidebar, {
      current: this.current,
      openChannel: (id) => this.open(id),
      openHome: () => this.open(HOME),
      createChannel: () => this.#createChannel(),
    });
  }

  #drawTopbar() {
    drawTopbar(nodes.topbar, {
      bot: this.bot,
      isPanelOpen: this.isPanelOpen,
      togglePanel: () => this.setPanel(!this.isPanelOpen),
      toggleSidebar: () => this.setSidebar(!this.isSidebarOpen),
    });
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
    channels: () => {
      this.refreshChannels();
      if (this.isPanelOpen) this.panel.refreshStanding();
      this.view?.refreshMarks?.();
    },
    messages: (event) => this.#messagesChanged(event),
    view: (event) => this.modals.show(event.stack ?? (event.view ? [event.view] : [])),
    home: () => {
      if (this.current === HOME) this.view.refresh();
    },
    traffic: (event) => {
      if (this.isPanelOpen) this.panel.traffic.add(event.call);
    },
    traffic_many: () => this.trafficSoon(),
    neonpro: () => {
      if (this.isPanelOpen) this.panel.refreshNeonpro();
    },
    pagers: () => {
      if (this.isPanelOpen) this.panel.refreshPagers();
    },
    faults: () => {
      if (this.isPanelOpen) this.panel.refreshFaults();
    },
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

  async #createChannel() {
    const id = await createChannel(this.api);
    await this.refreshChannels();
    if (id) this.open(id);
  }
}
