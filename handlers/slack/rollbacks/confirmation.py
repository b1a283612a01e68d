"""The bottom of a rollback's first card: confirm, take over from a deploy, emergency, cancel."""

from bot.deploys.rollbacks.confirmation import fingerprint
from bot.deploys.rollbacks.decide import candidates_in, chosen_in
from bot.production.inputs.rollback import Ahead, RollbackInputs
from bot.runbook.steps import AnyStep
from bot.runs.model import RunState, StepState
from bot.runs.start import open_required
from bot.text import say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, actions, button, confirm, context, escape, section, sentence, user
from handlers.slack.blocks.references import RunRef, ShownRef
from handlers.slack.cards.heading import next_line
from handlers.slack.cards.view import CardView


def where_to(view: CardView) -> dict[str, str]:
    """Where each service would go: what was chosen, else what is recommended."""
    return chosen_in(view.run, candidates_in(view.records))


def known_ahead(view: CardView) -> Ahead | None:
    """What is known of the schema for this choice."""
    return RollbackInputs.of(view.run).ahead_of(where_to(view))


def confirming(view: CardView) -> list[Block]:
    """What can be done with a rollback that waits."""
    if not view.first or view.run.state is not RunState.WAITING:
        return []
    if confirmed := RollbackInputs.of(view.run).confirmed:
        by = user(confirmed.by)
        return [
            context(say("⏳ Confirmed by {who}. It starts after a last check.", who=by)),
            actions(_cancel(view)),
        ]
    left = open_required(view.procedure, view.run, view.records, "before")
    skip = [button(say("Skip an item…"), ids.STEP_SKIP, RunRef(view.run.id))] if left else []
    buttons = [*_ways(view, bool(left)), *skip, _cancel(view)]
    return [*_state(view), *(next_line(view) if decidable(view) else []), actions(*buttons)]


def decidable(view: CardView) -> bool:
    """Whether somebody can decide: where to is known, can be looked up again, or a deploy has to end first."""
    return _knows(view) or view.holder is not None or bool(failed_listings(view))


def _knows(view: CardView) -> bool:
    """Whether it is known for every service where it would go back to."""
    return all(where_to(view).get(target) for target in view.run.targets)


def failed_listings(view: CardView) -> list[AnyStep]:
    """The listings that failed: without them nothing can be recommended."""
    steps = (step for part in view.page.sections for step in part.steps if step.lists_deployments)
    return [step for step in steps if view.records[step.id].state is StepState.FAILED]


def _state(view: CardView) -> list[Block]:
    """What keeps it from starting, or that it starts by itself."""
    inputs, blocks = RollbackInputs.of(view.run), []
    if given := inputs.emergency:
        words = say("🚨 *Emergency*, declared by {who}: {why}", who=user(given.by), why=escape(given.why))
        blocks.append(section(words))
    if inputs.voided:
        again = " " + say("Confirm it again.") if _knows(view) and view.holder is None else ""
        blocks.append(section(say("⛔ It did not start: {why}.", why=sentence(inputs.voided)) + again))
    if view.holder:
        title = escape(view.holder.title)
        blocks.append(section(say("⛔ Run {id} ({title}) is in progress.", id=view.holder.id, title=title)))
    return blocks


def _ways(view: CardView, left: bool) -> list[Block]:
    """The ways to start it: from a deploy that has production, confirmed, or as an emergency."""
    if view.holder and view.holder.kind.builds:
        return [_take_over(view, view.holder.id)]
    skips = (left or view.runbook.rollbacks.approval) and not RollbackInputs.of(view.run).emergency
    emergency = button(say("Emergency…"), ids.ROLLBACK_EMERGENCY, RunRef(view.run.id))
    return [*([_roll_back(view)] if _knows(view) else []), *([emergency] if skips else [])]


def _roll_back(view: CardView) -> Block:
    choice, ahead = where_to(view), known_ahead(view)
    dangers = ahead.dangers(view.runbook.rollbacks.dangerous) if ahead else ()
    ref = ShownRef(view.run.id, fingerprint(choice, dangers))
    sure = _dangerous(dangers) if dangers else _usual(view, ahead)
    label = say("Promote") if RollbackInputs.of(view.run).unpins else say("Roll back")
    return button(label, ids.RUN_CONFIRM, ref, style="danger", sure=sure)


def _usual(view: CardView, ahead: Ahead | None) -> Block:
    unknown = " " + say("The database's schema could not be compared.") if ahead and ahead.unasked else ""
    if RollbackInputs.of(view.run).unpins:
        words = say("*{title}*\nIt goes live immediately, and production is unpinned.{unknown}",
                    title=escape(shorten(view.run.title, 120)), unknown=unknown)  # fmt: skip
        return confirm(say("Promote to production?"), words, say("Promote"))
    words = say(
        "*{title}*\nProduction will be pinned there until a deployment is promoted.{unknown}",
        title=escape(shorten(view.run.title, 120)), unknown=unknown,
    )  # fmt: skip
    return confirm(say("Roll production back?"), words, say("Roll back"))


def _dangerous(dangers: tuple[str, ...]) -> Block:
    """The second confirmation: it says what is expected of the person, and names the worst."""
    more = " " + say("… and {count} more", count=len(dangers) - 1) if dangers[1:] else ""
    words = say(
        "The schema stays. I have checked that the older code works with it, or that failing is better than this:\n"
        "{what}",
        what=escape(shorten(dangers[0], 140)) + more,
    )
    return confirm(say("The database is ahead of that code"), words, say("Roll back anyway"))


def _take_over(view: CardView, holder: int) -> Block:
    words = say(
        "What run {id} made live goes back to what was live before it, instead of this rollback. If nothing of it is "
        "live, this rollback goes on. What it did to the database stays.",
        id=holder,
    )
    sure = confirm(say("Abort run {id} and roll back?", id=holder), words, say("Abort and roll back"))
    label = say("Abort run {id} and roll back", id=holder)
    return button(label, ids.RUN_TAKE_OVER, RunRef(view.run.id), style="danger", sure=sure)


def _cancel(view: CardView) -> Block:
    sure = confirm(say("Cancel this run?"), escape(shorten(view.run.title, 200)), say("Cancel run"), no=say("Keep it"))
    return button(say("Cancel"), ids.RUN_CANCEL, RunRef(view.run.id), sure=sure)
