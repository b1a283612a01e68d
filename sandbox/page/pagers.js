/** Every page that went out, newest first, what can be done with it, and how the practice services answer. */

import { h } from "./dom.js";
import { switchGroups } from "./neonpro.js";
import { clockSeconds } from "./time.js";

/** @param {object} answer  of GET /ui/pagers   @param {(body: object) => void} change */
export function pagersSection(answer, change) {
  if (!answer.ok) return h("p", { class: "quiet" }, "Nobody has a pager here.");
  return [
    answer.pages.length
      ? h("ol", { class: "pages" }, answer.pages.map((page) => pageNode(page, change)))
      : h("p", { class: "quiet" }, "No page has gone out yet."),
    switchGroups(answer.switches, (id, value) => change({ id, value })),
  ];
}

function pageNode(page, change) {
  return h(
    "li",
    { class: "paged" },
    h(
      "div",
      { class: "paged-head" },
      h("b", {}, `${page.kind} to ${page.to}`),
      h("span", { class: "quiet" }, clockSeconds(new Date(page.at * 1000))),
    ),
    h("p", { class: "paged-words" }, linked(page.words)),
    h("p", { class: "quiet" }, [page.state, ...page.news].join(" · ")),
    page.deeds.length
      ? h(
          "div",
          { class: "panel-row" },
          page.deeds.map((deed) =>
            h(
              "button",
              {
                type: "button",
                class: "button is-tiny",
                id: `page-${page.id}-${deed.id}`,
                onclick: () => change({ page: page.id, deed: deed.id }),
              },
              deed.title,
            ),
          ),
        )
      : null,
  );
}

/** The words with their addresses as links. */
const linked = (words) =>
  words
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 ? h("a", { href: part, target: "_blank", rel: "noreferrer" }, part) : part));
