"""Clicks on the cards of rollbacks, and those that ask for a rollback or end one."""

from bot.deploys.request import Asked, request_rollback
from bot.deploys.rollbacks import abort, confirmation
from bot.deploys.rollbacks import decide as choosing
from bot.deploys.rollbacks.abort import PromoteRef
from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.runs.model import Run
from bot.text import listing, say
from handlers.slack.blocks.references import CandidateRef, ShownRef
from handlers.slack.interaction.transactions import about, about_run, existing


def _confirm(domain: Domain, tx: Tx, actor: Actor, ref: ShownRef) -> object:
    """Confirm the rollback that the card showed when it was clicked."""
    return confirmation.confirm_rollback(domain, tx, actor, ref.run_id, ref.shown)


def _choose(domain: Domain, tx: Tx, actor: Actor, ref: CandidateRef) -> object:
    """Choose where a rollback goes back to."""
    return choosing.choose(domain, tx, actor, ref.run_id, ref.service, ref.deployment)


def _request(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> object:
    """Ask for a rollback of what a run deployed: its card shows where to, and asks before it acts."""
    run = existing(tx, run_id)
    return request_rollback(domain, tx, actor, Asked(_target_of(domain, run), run.channel or actor.user))


def _target_of(domain: Domain, run: Run) -> str:
    """What a run deployed, as it is asked for now; a Refusal when the services are others by now."""
    known = [service.id for service in domain.runbook.services]
    if len(run.targets) == 1 and run.targets[0] in known:
        return run.targets[0]
    if set(run.targets) == set(known):
        return "all"
    raise Refusal(
        say("The runbook's services have changed: type /rollback and one of {known}.", known=listing([*known, "all"]))
    )


request, confirm_shown, choose = about_run(_request), about(ShownRef, _confirm), about(CandidateRef, _choose)
promote, roll_back = about(PromoteRef, abort.promote_newest), about_run(abort.abort_and_roll_back)
take_over = about_run(abort.take_over)
