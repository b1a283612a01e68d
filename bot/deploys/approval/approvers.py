"""Who may approve a deploy, and what has to be as it was when they did: it counts until the deploy starts."""

from collections.abc import Collection, Mapping

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import RUN, Mentions, Outgoing
from bot.people import mention
from bot.ports import Tx
from bot.power.persons import absences, keys_of, same_person
from bot.power.standing import lost
from bot.production.inputs.deploy import DeployInputs
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.text import listing, say


def changed(domain: Domain, tx: Tx, run: Run) -> bool:
    """Whether the runbook in force means something else for this deploy than the one that it was asked for under."""
    return _meaning(domain.runbook, run) != _meaning(domain.runbook_of(tx, run), run)


def _meaning(runbook: Runbook, run: Run) -> tuple[object, ...]:
    procedure = next((each for each in runbook.procedures if each.id == run.procedure), None)
    services = [each for each in runbook.services if each.id in run.targets]
    return procedure, services, runbook.permissions, runbook.deploys, runbook.freezes


def ask_approvers(domain: Domain, tx: Tx, run: Run) -> None:
    """Have who may approve mentioned once, where the cards stand."""
    roles = [role for each in run.kind.approve for role in domain.runbook.permissions.get(each, ())]
    absent, own = absences(domain, tx), keys_of(domain, tx, run.requested_by)
    others = [key for key in domain.team.holders(roles) if key not in own]
    missed = [f"{domain.team.people[key].name} ({absent[key]})" for key in others if key in absent]
    mentions = Mentions(tuple(key for key in others if key not in absent), missed=tuple(missed))
    if not run.drill and run.channel and run.channel[0] in "CG":
        plan_message(tx, Outgoing((RUN,), "deploy.approvers", mentions=mentions), f"say:{run.id}", run_id=run.id)


def asking_words(run: Run, there: Collection[str], missed: Collection[str]) -> str:
    """That somebody is needed who approves the deploy: who of them is there, and who is not (with why)."""
    asked = say("🗳️ {who} requested: {title}.", who=mention(run.requested_by), title=run.title)
    gone = " " + say("Not reached: {people}.", people=listing(list(missed), most=8)) if missed else ""
    if not there:
        return asked + " " + say("Nobody else who may approve it is available.") + gone
    names = listing([mention(user) for user in there], most=8)
    return asked + " " + say("Once its checklist is complete, one of you approves it: {names}.", names=names) + gone


def doubt_words(doubts: Mapping[str, str]) -> str:
    """That it is not known of somebody whether they are still there, and that Slack is asked again."""
    who = listing([mention(user) for user in doubts])
    return say("Slack did not confirm whether {who} may still decide this ({why}). NeonOps asks again", who=who,
               why=next(iter(doubts.values())))  # fmt: skip


def deciders(run: Run) -> list[str]:
    """Everybody on whose word the deploy starts."""
    overrides = [given.by for given in DeployInputs.of(run).overrides.values()]
    return [user for user in (run.requested_by, run.approved_by, *overrides) if user]


def requester_lost(domain: Domain, tx: Tx, run: Run) -> str:
    """Why the deploy that somebody asked for does not count any more; empty when it does."""
    why = lost(domain, tx, run.requested_by, say("deploy"), *run.kind.request)
    return say("{who} requested this deploy and {why}", who=mention(run.requested_by), why=why) if why else ""


def no_longer(domain: Domain, tx: Tx, run: Run) -> str | None:
    """Why an approval that was right when it was given does not hold any more; None when it does."""
    assert run.approved_by
    approval = DeployInputs.of(run).approval
    if why := requester_lost(domain, tx, run):
        return why
    if why := lost(domain, tx, run.approved_by, say("approve deploys"), *run.kind.approve):
        return f"{mention(run.approved_by)} {why}"
    if same_person(domain, tx, run.approved_by, run.requested_by):
        return say("{who} requested this deploy", who=mention(run.requested_by))
    if approval and approval.runbook not in ("", domain.loaded.version) and changed(domain, tx, run):
        return say("the runbook changed since. This deploy keeps its steps; request a new one to get the new steps")
    return None
