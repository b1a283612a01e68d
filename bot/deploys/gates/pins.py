"""The gate of a production that a rollback pinned, and the deployments that would end the pin."""

from collections.abc import Mapping

from bot.deploys.gates.inputs import Known, passed, unasked
from bot.production.inputs.deploy import Facts, Gate
from bot.text import listing, say, side_by_side


def pin_gate(what: Known) -> Gate:
    """Whether a rollback keeps deploys from going live by themselves, and what could be promoted instead."""
    if what.facts.pinned:
        names = listing([f"{service} ({dpl})" for service, dpl in what.facts.pinned.items()])
        why = say(
            "Production is pinned by a rollback: {names}. A deploy goes live only when it is promoted.", names=names
        )
        newest = newest_good(what.facts, what.verdicts)
        found = listing([_named(each) for each in newest.values()])
        better = say("Newest not known to be bad: {names}.", names=found) if found else ""
        offer = {service: each["id"] for service, each in newest.items()}
        return Gate("pin", "warning", side_by_side(why, better), offer=offer)
    return unasked(what, "pin") or passed("pin", say("Production is not pinned by a rollback."))


def newest_good(facts: Facts, verdicts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Pinned service -> the newest deployment after its pin that no run of ours saw unhealthy."""
    good = {
        service: next((each for each in listed if verdicts.get(each["id"]) != "unhealthy"), None)
        for service, listed in facts.newer.items()
    }
    return {service: each for service, each in good.items() if each}


def _named(deployment: dict[str, str]) -> str:
    return f"{deployment['sha'] or deployment['id']} {deployment['message']}".strip()
