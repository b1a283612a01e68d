/** Modals: the top of this person's stack of views, in one dialog. */

import { blockNodes } from "./blocks.js";
import { toast } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { handOver, heirOf } from "./focus.js";
import { icon } from "./icons.js";
import { plainText } from "./mrkdwn.js";
import { Surface } from "./surface.js";
import { stateful } from "./state.js";

const COMPLAINTS = {
  timeout: "We had some trouble connecting: the app did not answer in time. Try again?",
  dispatch_failed: "The app could not be reached. Is the bot running?",
};

export class Modals {
  #stack = [];
  #surfaces = new Map();
  #shown = "";
  #changes = 0;

  constructor(api) {
    this.api = api;
    this.dialog = h("dialog", {
      class: "dialog is-modal",
      oncancel: (event) => {
        event.preventDefault();
        this.#close(this.#top());
      },
    });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submit();
    });
    document.body.append(this.dialog);
  }

  /** Shows the stack that the server tells of; an empty one closes the dialog. */
  show(stack) {
    this.#changes += 1;
    this.#stack = stack ?? [];
    const ids = new Set(this.#stack.map((view) => view.id));
    for (const id of this.#surfaces.keys()) if (!ids.has(id)) this.#surfaces.delete(id);
    this.#draw();
  }

  #top() {
    return this.#stack.at(-1) ?? null;
  }

  #surface(view) {
    if (!this.#surfaces.has(view.id))
      this.#surfaces.set(view.id, new Surface("modal", { type: "view", view_id: view.id }, this.api));
    const surface = this.#surfaces.get(view.id);
    surface.take(view.blocks);
    return surface;
  }

  #draw() {
    const view = this.#top();
    if (!view) return this.#hide();
    const surface = this.#surface(view);
    const sign = JSON.stringify([
      view.id,
      view.title,
      view.submit,
      view.close,
      view.blocks,
      surface.errors,
      this.#stack.length,
    ]);
    if (sign !== this.#shown) this.#fill(view, surface);
    this.#shown = sign;
    return undefined;
  }

  #hide() {
    this.#shown = "";
    this.#surfaces.clear();
    if (this.dialog.open) this.dialog.close();
  }

  #fill(view, surface) {
    const isSame = this.dialog.dataset.view === view.id && this.dialog.open;
    const active = isSame && this.dialog.contains(document.activeElement) ? document.activeElement : null;
    const old = this.dialog.firstElementChild;
    const scroll = isSame ? (this.dialog.querySelector(".dialog-body")?.scrollTop ?? 0) : 0;
    this.dialog.dataset.view = view.id;
    this.dialog.setAttribute("aria-label", plainText(view.title));
    const fresh = this.#form(view, surface);
    const heir = active && heirOf(active, old, fresh);
    fill(this.dialog, fresh);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.querySelector(".dialog-body").scrollTop = scroll;
    if (heir) handOver(active, heir);
    else this.#focus(view);
  }

  #form(view, surface) {
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    const back =
      this.#stack.length > 1
        ? h(
            "button",
            { type: "button", class: "icon-button", "aria-label": "Back", onclick: () => this.#close(view) },
            icon("back"),
          )
        : null;
    return h(
      "form",
      { class: "dialog-form", novalidate: true, onsubmit: submit },
      h(
        "header",
        { class: "dialog-head" },
        back,
        h("h2", {}, plainText(view.title)),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": "Close",
            onclick: () => this.#close(this.#stack[0], { all: true }),
          },
          icon("close"),
        ),
      ),
      h("div", { class: "dialog-body" }, blockNodes(view.blocks, surface)),
      h(
        "footer",
        { class: "dialog-foot" },
        h(
          "button",
          { type: "button", class: "button", onclick: () => this.#close(view) },
          plainText(view.close) || (view.submit ? "Cancel" : "Close"),
        ),
        view.submit
          ? h(
              "button",
              { type: "submit", class: "button is-primary", dataset: { submit: "" } },
              h("span", { class: "button-text" }, plainText(view.submit)),
            )
          : null,
      ),
    );
  }

  #focus(view) {
    const byKey = (key) => this.dialog.querySelector(`[data-focus="${CSS.escape(key)}"]`);
    const wanted = stateful(view.blocks).find(({ element }) => element.focus_on_load);
    const node =
      (wanted && byKey(`${wanted.block.block_id}/${wanted.element.action_id}`)) ||
      this.dialog.querySelector(".dialog-body :is(input, textarea, .picker)") ||
      this.dialog.querySelector("[data-submit]") ||
      this.dialog.querySelector(".dialog-foot .button");
    node?.focus({ preventScroll: true });
  }

  /** Closes this view and those above it at once; the server tells the app. */
  #close(view, extra = {}) {
    if (!view) return;
    const at = this.#stack.findIndex((each) => each.id === view.id);
    this.show(this.#stack.slice(0, at));
    this.api.post("close", { view_id: view.id, ...extra });
  }

  /** Asks for the stack: a page that was reloaded, or lost its stream, may have missed a change. */
  async refresh() {
    const changes = this.#changes;
    const answer = await this.api.get("views");
    // What the stream said meanwhile is newer than this answer.
    if (answer.ok && changes === this.#changes) this.show(answer.stack);
  }

  async #submit() {
    const view = this.#top();
    if (!view?.submit || this.dialog.classList.contains("is-submitting")) return;
    const surface = this.#surface(view);
    this.#setSubmitting(true);
    const answer = await this.api.post("submit", { view_id: view.id, state: surface.values() });
    this.#setSubmitting(false);
    this.#answered(view, surface, answer);
  }

  #setSubmitting(isBusy) {
    const button = this.dialog.querySelector("[data-submit]");
    this.dialog.classList.toggle("is-submitting", isBusy);
    button?.classList.toggle("is-busy", isBusy);
    if (button) button.disabled = isBusy;
  }

  #answered(view, surface, answer) {
    surface.errors = answer.errors ?? {};
    if (Object.keys(surface.errors).length) {
      this.#draw();
      this.dialog.querySelector("[aria-invalid]")?.focus();
    } else if (!answer.ok) {
      this.#complain(answer.detail ?? COMPLAINTS[answer.error] ?? answer.error);
    } else if (!answer.response_action && this.#top()?.id === view.id) {
      this.show(this.#stack.slice(0, -1));
    }
  }

  #complain(text) {
    const foot = this.dialog.querySelector(".dialog-foot");
    foot?.querySelector(".dialog-error")?.remove();
    foot?.prepend(h("div", { class: "dialog-error", role: "alert" }, icon("warning", 16), h("span", {}, text)));
    if (!foot) toast(text, "error");
  }
}
