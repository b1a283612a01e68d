"""Who may approve a deploy, and what has to be as it was when they did: it counts until the deploy starts."""

from collections.abc import Mapping

from bot.office import Office
from bot.persons import absent_keys, keys_of, same_person
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runs.items import mention
from bot.runs.model import Run
from bot.standing import lost
from bot.text import listing, say


def changed(office: Office, tx: Tx, run: Run) -> bool:
    """Whether the runbook in force means something else for this deploy than the one that it was asked for under."""
    return _meaning(office.runbook, run) != _meaning(office.runbook_of(tx, run), run)


def _meaning(runbook: Runbook, run: Run) -> tuple[object, ...]:
    procedure = next((each for each in runbook.procedures if each.id == run.procedure), None)
    services = [each for each in runbook.services if each.id in run.targets]
    return procedure, services, runbook.permissions, runbook.deploys, runbook.freezes


def ask_approvers(office: Office, tx: Tx, run: Run) -> None:
    """Mention once, where the cards stand, who may approve."""
    roles = office.runbook.permissions.get("approve", ())
    others = keys_of(office, tx, run.requested_by) | absent_keys(office, tx)
    people = [office.team.people[key] for key in office.team.holders(roles) if key not in others]
    names = [mention(person.slack) if person.slack else person.name for person in people]
    if not names or run.drill or not run.channel or run.channel[0] not in "CG":
        return
    words = say("🗳️ {who} asks for: {title}. When its checklist is done, one of you approves it: {names}.",
                who=mention(run.requested_by), title=run.title, names=listing(names, most=8))  # fmt: skip
    tx.effects.plan("say", f"say:{run.id}", {"to": run.channel, "text": words}, run_id=run.id)


def doubt_words(doubts: Mapping[str, str]) -> str:
    """That it is not known of somebody whether they are still there, and that Slack is asked again."""
    who = listing([mention(user) for user in doubts])
    return say("Slack does not say whether {who} may still decide this ({why}). NeonOps asks again", who=who,
               why=next(iter(doubts.values())))  # fmt: skip


def deciders(run: Run) -> list[str]:
    """Everybody on whose word the deploy starts."""
    overrides = [given["by"] for given in run.inputs.get("overrides", {}).values()]
    return [user for user in (run.requested_by, run.approved_by, *overrides) if user]


def requester_lost(office: Office, tx: Tx, run: Run) -> str:
    """Why the deploy that somebody asked for does not count any more; empty when it does."""
    why = lost(office, tx, run.requested_by, say("deploy"), "deploy")
    return say("{who} asked for this deploy and {why}", who=mention(run.requested_by), why=why) if why else ""


def no_longer(office: Office, tx: Tx, run: Run) -> str | None:
    """Why an approval that was right when it was given does not hold any more; None when it does."""
    assert run.approved_by
    given = run.inputs.get("approval", {})
    if why := requester_lost(office, tx, run):
        return why
    if why := lost(office, tx, run.approved_by, say("approve deploys"), "approve"):
        return f"{mention(run.approved_by)} {why}"
    if same_person(office, tx, run.approved_by, run.requested_by):
        return say("{who} asked for this deploy", who=mention(run.requested_by))
    if given.get("runbook", office.loaded.version) != office.loaded.version and changed(office, tx, run):
        return say("the runbook changed since: this deploy keeps its steps, ask for a new one to have the new steps")
    return None
