/** The live table of what passes between Slack and the bot, newest first. */

import { coalesced } from "./api.js";
import { fill, h } from "./dom.js";
import { clockSeconds } from "./time.js";

const KEPT = 300;
const isError = (call) => call.outcome !== "ok";

export class Traffic {
  #calls = [];

  constructor(api) {
    this.api = api;
    this.filter = h("input", {
      class: "input",
      type: "search",
      placeholder: "Filter: chat.update, error, …",
      "aria-label": "Filter the traffic",
      oninput: () => this.#draw(),
    });
    this.count = h("span", { class: "quiet", role: "status" });
    this.rows = h("tbody");
    const heads = ["Time", "Kind", "Name", "ms", "Outcome"].map((title) => h("th", { scope: "col" }, title));
    this.node = h(
      "div",
      { class: "traffic" },
      h("div", { class: "traffic-head" }, this.filter, this.count),
      h(
        "div",
        { class: "table-box is-traffic", tabindex: "0", role: "region", "aria-label": "Traffic" },
        h("table", {}, h("thead", {}, h("tr", {}, heads)), this.rows),
      ),
    );
    this.refresh = coalesced(() => this.#load());
  }

  /** One call from the stream; calls may arrive twice after a reconnect. */
  add(call) {
    if (this.#calls[0] && call.n <= this.#calls[0].n) return;
    this.#calls = [call, ...this.#calls].slice(0, KEPT);
    if (this.#matches(call)) this.rows.prepend(row(call));
    while (this.rows.children.length > KEPT) this.rows.lastElementChild.remove();
    this.#drawCount();
  }

  async #load() {
    const answer = await this.api.get("traffic", { limit: KEPT });
    if (!answer.ok) return;
    this.#calls = [...(answer.calls ?? [])].sort((a, b) => b.n - a.n);
    this.#draw();
  }

  #matches(call) {
    const words = this.filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const text =
      `${call.kind} ${call.name} ${call.outcome} ${call.summary ?? ""} ${isError(call) ? "error" : ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  }

  #draw() {
    fill(this.rows, this.#calls.filter((call) => this.#matches(call)).map(row));
    this.#drawCount();
  }

  #drawCount() {
    const errors = this.#calls.filter(isError).length;
    this.count.textContent = `${this.#calls.length} calls, ${errors} ${errors === 1 ? "error" : "errors"}`;
  }
}

function row(call) {
  return h(
    "tr",
    { class: isError(call) ? "is-error" : "", title: call.summary },
    h("td", { class: "is-time" }, clockSeconds(new Date(call.at))),
    h("td", {}, h("span", { class: `kind is-${call.kind}` }, call.kind)),
    h("td", { class: "is-name", title: call.name }, call.name),
    h("td", { class: "is-ms" }, Math.round(call.ms)),
    h("td", { class: "is-outcome" }, call.outcome),
  );
}
