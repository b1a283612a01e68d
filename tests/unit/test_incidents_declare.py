"""Declaring an incident."""

from dataclasses import replace
from datetime import timedelta

import pytest
from domain_world import ALICE, FABIO, NOON, World
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.errors import Refusal
from bot.incidents.channel_names import channel_name
from bot.incidents.declare import TITLE_LIMIT, channel_opened, clean_title, without_channel
from bot.incidents.model import Incident, IncidentStatus
from bot.runbook.model import ChannelRule
from bot.runs.model import RunState, StepState

SEVERITIES = ("p1", "p2", "p3", "security", "data-breach", "outage", "data-loss")


@pytest.mark.parametrize("severity", SEVERITIES)
def test_anybody_may_declare_and_it_is_all_there_at_once(world: World, severity: str) -> None:
    incident = world.declare(severity, actor=FABIO)
    run = world.run(incident.run_id)
    assert (incident.status, incident.members) == (IncidentStatus.OPEN, (FABIO.user,))
    assert (run.state, run.kind.name, run.title) == (RunState.ACTIVE, "incident", "Checkout is down")
    assert world.steps(run.id)
    assert world.kinds(run.id)[0] == "incident.declared"


@pytest.mark.parametrize("severity", SEVERITIES)
def test_private_kinds_are_private_and_announced_nowhere(world: World, severity: str) -> None:
    incident = world.declare(severity)
    private = severity in ("security", "data-breach", "data-loss")
    assert incident.private is private
    assert incident.confidential is (severity in ("security", "data-breach"))
    assert bool(world.messages("incident.declared")) is not private


def test_a_drill_is_announced_nowhere(world: World) -> None:
    incident = world.declare("p1", drill=True)
    assert incident.drill
    assert world.run(incident.run_id).drill
    assert [each.to for each in world.messages()] == [("run",)]


def test_the_channel_is_named_by_the_team_s_clock(world: World) -> None:
    assert world.declare().channel_name == "incident-20261123-1200"


def test_names_go_on_with_numbers(world: World) -> None:
    names = [world.declare(severity).channel_name for severity in ("p1", "p3", "security")]
    assert names == [f"incident-20261123-1200{end}" for end in ("", "-2", "-3")]
    world.wait(minutes=1)
    assert world.declare().channel_name == "incident-20261123-1201"


STAMP = "20261123-1500"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"prefix": "incident"}, f"incident-{STAMP}"),
        ({"prefix": "Incidente-Crítico"}, f"incidente-critico-{STAMP}"),
        ({"prefix": "ação_já"}, f"acao-ja-{STAMP}"),
        ({"prefix": "!!!"}, f"incident-{STAMP}"),
        ({"prefix": "a" * 40}, "a" * 40 + f"-{STAMP}"),
        ({"name": "inc-{id}-{severity}-{title}"}, "inc-7-p1-a-emissao-de-guias-parou"),
        ({"name": "{title}-{date}"}, "a-emissao-de-guias-parou-20261123"),
    ],
)
def test_a_channel_is_named_in_letters_that_slack_takes(rule: dict[str, str], expected: str) -> None:
    assert channel_name(ChannelRule.model_validate(rule), declared(), NOON) == expected


def test_a_long_title_is_cut_so_that_a_number_still_fits() -> None:
    rule = ChannelRule(name="{title}-{id}")
    name = channel_name(rule, replace(declared(), title="Ação " * 40), NOON)
    assert name.endswith("-7")
    assert len(name) <= 75


@pytest.mark.parametrize("name", ["Incident-{id}", "inc {id}", "inc-{who}", "inc-{", "#inc", "ação-{id}", ""])
def test_a_pattern_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        ChannelRule(name=name)


def test_a_drill_is_named_a_drill() -> None:
    drill = replace(declared(), drill=True)
    assert channel_name(ChannelRule(), drill, NOON) == f"drill-{STAMP}"
    assert channel_name(ChannelRule(name="inc-{id}"), drill, NOON) == "drill-inc-7"


def declared() -> Incident:
    return Incident(7, 1, "p1", "A emissão de guias parou", IncidentStatus.OPEN, "U01ALICE", NOON, "run-1")


def test_the_way_to_the_card_comes_first_and_the_rest_waits_for_it(world: World) -> None:
    run = world.declare().run_id
    effects = {each.kind: each for each in world.ask(lambda tx: tx.effects.find(run_id=run))}
    create = effects.pop("channel.create")
    del effects["notify"]  # Waits for the card itself: it is made when the channel is, or elsewhere.
    assert create.priority < min(each.priority for each in effects.values())
    assert {each.after for each in effects.values()} == {create.seq}
    assert len({each.target for each in effects.values()}) == len(effects)
    assert world.step(run, "channel").state is StepState.STARTED


def test_the_cards_wait_for_the_channel(world: World) -> None:
    incident = world.declare()
    assert world.ask(lambda tx: tx.cards.dirty()) == []
    world.do(lambda _, tx: channel_opened(tx, incident.run_id, "C9", "incident-20261123-1200-2"))
    assert world.incident(incident.id).channel_name == "incident-20261123-1200-2"
    assert {card.channel for card in world.ask(lambda tx: tx.cards.find())} == {"C9"}
    assert world.ask(lambda tx: tx.cards.dirty())
    assert world.run(incident.run_id).channel == "C9"


def test_a_name_that_slack_gave_to_another_incident_is_given_up(world: World) -> None:
    first, second = world.declare(), world.declare()
    world.do(lambda _, tx: channel_opened(tx, first.run_id, "C9", second.channel_name))
    assert world.incident(first.id).channel_name == second.channel_name
    assert world.incident(second.id).channel_name not in (second.channel_name, first.channel_name + "-2")


@pytest.mark.parametrize(("severity", "place"), [("p1", "C03INC"), ("security", "U01ALICE"), ("data-loss", "U01ALICE")])
def test_without_a_channel_the_checklist_is_shown_where_it_may_be_seen(world: World, severity: str, place: str) -> None:
    incident = world.declare(severity)
    effect = world.ask(lambda tx: tx.effects.find(kind="channel.create"))[0]
    world.do(without_channel, effect)
    assert {card.channel for card in world.ask(lambda tx: tx.cards.find(run_id=incident.run_id))} == {place}


def test_timers_are_set_for_the_response_and_for_each_window(world: World) -> None:
    run = world.declare("p1").run_id
    timers = {(each.kind, each.key): each.due_at - NOON for each in world.ask(lambda tx: tx.timers.find(run_id=run))}
    assert timers[("escalation", "2")] == timedelta(minutes=15)
    assert timers[("escalation.reminder", "2")] == timedelta(minutes=10)
    assert timers[("phase", "immediate")] == timedelta(minutes=15)
    assert timers[("phase", "investigation")] == timedelta(minutes=45)
    assert timers[("update", "next")] == timedelta(minutes=30)
    assert len(timers) == 6


@pytest.mark.parametrize("title", ["", "   ", "\n", "\u200b", "\x00\x07", "\u202e"])
def test_a_title_needs_words(world: World, title: str) -> None:
    with pytest.raises(Refusal, match="needs a title"):
        world.declare(title=title)
    assert world.ask(lambda tx: tx.incidents.find()) == []


@given(st.text())
def test_a_title_is_one_printable_line_or_refused(text: str) -> None:
    try:
        title = clean_title(text)
    except Refusal:
        assert not any(c.isprintable() and not c.isspace() for c in text)
        return
    assert 0 < len(title) <= TITLE_LIMIT
    assert title.isprintable()
    assert title == title.strip()


def test_the_timeline_knows_what_was_said(world: World) -> None:
    event = world.events(world.declare("p2", "Fatura às 3h").run_id)[0]
    assert (event.actor, event.data["severity"], event.data["title"]) == (ALICE.user, "p2", "Fatura às 3h")
