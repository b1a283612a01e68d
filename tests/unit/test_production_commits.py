"""Deployments as people know them: by their commit, and by their id where that does not tell them apart."""

from unit.domain_world import World

from bot.production.commits import commit_and_id, commit_of, commits_of


def kept(world: World, **commits: str) -> int:
    """A run that keeps of these deployments from which commit they were built."""
    run = world.begin("deploy")
    rows = [{"id": each, "sha": sha, "message": "Cache the agenda"} for each, sha in commits.items()]
    world.set_step(run.id, next(iter(world.steps(run.id))), detail={"services": {"api": {"deployments": rows}}})
    return run.id


def test_a_deployment_is_named_by_its_commit(world: World) -> None:
    run = world.run(kept(world, dpl_1="c0ffee0"))
    assert world.ask(lambda tx: commit_of(tx, run, "dpl_1")) == "c0ffee0"
    assert world.ask(lambda tx: commit_and_id(tx, run, "dpl_1")) == "c0ffee0 Cache the agenda (dpl_1)"


def test_one_that_no_run_knows_is_named_by_its_id(world: World) -> None:
    run = world.run(kept(world))
    assert world.ask(lambda tx: (commit_of(tx, run, "dpl_9"), commit_of(tx, run, None))) == ("dpl_9", "")


def test_two_of_one_commit_are_told_apart(world: World) -> None:
    run = world.run(kept(world, dpl_1="c0ffee0", dpl_2="c0ffee0", dpl_3="badcafe"))
    named = world.ask(lambda tx: commits_of(tx, run, ("dpl_1", "dpl_2", "dpl_3")))
    assert list(named.values()) == ["c0ffee0 (dpl_1)", "c0ffee0 (dpl_2)", "badcafe"]
