/** Starts the page: asks who is there, and opens it for the person named in the address. */

import { Api } from "./api.js";
import { h } from "./dom.js";
import { Page } from "./page.js";
import { pageUrl, workspace } from "./workspace.js";

async function boot() {
  const asked = new URLSearchParams(location.search).get("as");
  const answer = await new Api(asked).get("boot");
  if (!answer.ok) return void showUnreachable(answer);
  Object.assign(workspace, {
    me: answer.me,
    team: answer.team,
    people: answer.people,
    bot: answer.bot,
    commands: answer.commands,
    shortcuts: answer.shortcuts,
  });
  history.replaceState(null, "", pageUrl({ as: answer.me }));
  await new Page(new Api(answer.me)).start();
  document.body.dataset.ready = "true";
}

function showUnreachable(answer) {
  const retry = h(
    "button",
    { type: "button", class: "button is-primary", onclick: () => location.assign(location.pathname) },
    "Try again",
  );
  document
    .getElementById("main")
    .replaceChildren(
      h(
        "div",
        { class: "empty is-page" },
        h("h1", {}, "The practice workspace did not open"),
        h("p", {}, answer.detail ?? answer.error),
        retry,
      ),
    );
}

boot();
