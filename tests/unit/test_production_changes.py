"""What an incident's card says first of production: it is drawn anew when production changes."""

import pytest
from unit.domain_world import World

from bot.production.periods import observe


def drawn(world: World, run_id: int) -> int:
    """How often the card of a run was asked to be drawn anew."""
    return world.ask(lambda tx: tx.cards.find(run_id=run_id)[0]).wanted


@pytest.mark.parametrize("outside", [False, True])
def test_the_card_of_an_incident_follows_what_changes_in_production(world: World, outside: bool) -> None:
    incident, deploy = world.declare(), world.begin("deploy")
    before = drawn(world, incident.run_id)
    world.seen_live(deploy.id, "api", "dpl_new")
    if outside:
        before = drawn(world, incident.run_id)
        world.do(lambda domain, tx: observe(tx, "api", "dpl_other", tx.now))
    assert drawn(world, incident.run_id) > before
