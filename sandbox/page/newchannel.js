/** The small form that makes a channel. */

import { ask, toast } from "./dialogs.js";
import { h } from "./dom.js";

/** @returns {Promise<?string>} the id of the new channel; null when nothing was made */
export async function createChannel(api) {
  const name = h("input", {
    class: "input",
    maxlength: 80,
    autocomplete: "off",
    placeholder: "for example: checkout",
    required: true,
    "aria-label": "Name",
    dataset: { autofocus: "" },
  });
  const isPrivate = h("input", { type: "checkbox" });
  const hint = h("span", { class: "box-hint" }, "Only people who are invited can see it");
  const box = h("label", { class: "box" }, isPrivate, h("span", { class: "box-text" }, "Private", hint));
  const body = [h("div", { class: "label" }, "Name"), name, box];
  if (!(await ask({ title: "Create a channel", body, yes: "Create" }))) return null;
  const answer = await api.post("channel", { name: name.value.trim(), is_private: isPrivate.checked });
  if (!answer.ok) toast(answer.detail ?? answer.error, "error");
  return answer.channel?.id ?? null;
}
