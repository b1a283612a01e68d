"""Which steps are on which card."""

from typing import Any

import pytest
from domain_world import bundled, manual, phase, procedure, reading, runbook

from bot.runs.checklist.layout import page_of, pages

SERVICES = [{"id": each, "title": each, "url": f"https://{each}.example.com"} for each in ("api", "web")]


def keys(*phases: dict[str, Any], targets: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    found = runbook(procedure(*phases), services=SERVICES).runbook.procedure("work")
    return [(page.key, sum(len(part.steps) for part in page.sections)) for page in pages(found, targets)]


def items(name: str, count: int, **more: Any) -> dict[str, Any]:
    return phase(*(manual(f"{name}{number}") for number in range(count)), name=name, **more)


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        pytest.param([items("a", 3), items("b", 4)], [("main", 7)], id="a short checklist is one card"),
        pytest.param([items("a", 10), items("b", 10)], [("main", 20)], id="twenty items still are"),
        pytest.param([items("a", 10), items("b", 11)], [("main/a", 10), ("main/b", 11)], id="then a card a phase"),
        pytest.param([items("a", 45)], [("main/a/1", 20), ("main/a/2", 20), ("main/a/3", 5)], id="a long phase is cut"),
        pytest.param(
            [items("a", 1, stage="before"), items("b", 1), items("c", 1, stage="after")],
            [("before", 1), ("main", 1), ("after", 1)],
            id="each stage has its own",
        ),
        pytest.param(
            [items("a", 2), items("b", 90, mode="sequence")], [("main", 92)], id="a sequence is one live card"
        ),
        pytest.param([items("a", 1, service="web")], [], id="nothing for these targets, no card"),
    ],
)
def test_items_are_dealt_to_cards(phases: list[dict[str, Any]], expected: list[tuple[str, int]]) -> None:
    assert keys(*phases, targets=("api",)) == expected


def test_many_short_phases_do_not_share_a_card_that_cannot_hold_them() -> None:
    found = keys(*(items(f"p{number}", 1) for number in range(20)))
    assert len(found) == 20


def test_every_step_is_found_on_its_card() -> None:
    for each in bundled().runbook.procedures:
        for page in pages(each):
            assert all(page_of(each, (), step.id) == page.key for part in page.sections for step in part.steps)


def test_a_step_of_another_service_is_on_no_card() -> None:
    found = runbook(procedure(phase(reading("a", service="api"), manual("b"))), services=SERVICES)
    with pytest.raises(KeyError):
        page_of(found.runbook.procedure("work"), ("web",), "a")
