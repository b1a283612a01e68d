"""Supabase's Management API: what can be restored, what is well, what is in the tables."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest

from bot.errors import Broken, Denied, OutsideError, Unreachable
from bot.integrations.supabase.client import Supabase

from .fakes import FakeTime, Server, Step, after, ok, run, serving

T = TypeVar("T")
BACKUPS, HEALTH = "GET /v1/projects/ref1/database/backups", "GET /v1/projects/ref1/health"
QUERY = "POST /v1/projects/ref1/database/query/read-only"


def on(server: Server, ask: Callable[[Supabase], Awaitable[T]]) -> T:
    async def main() -> T:
        async with server.client() as client:
            supabase = Supabase(
                client, base_url="https://s.test", token="sbp_t0ken", project_ref="ref1", pace=FakeTime().pace()
            )
            return await ask(supabase)

    return run(main())


def backups(*rows: tuple[str, float], pitr: bool = False, until: float | None = None) -> dict[str, Any]:
    return {
        "region": "sa-east-1",
        "walg_enabled": True,
        "pitr_enabled": pitr,
        "backups": [
            {"is_physical_backup": True, "status": status, "inserted_at": after(at).isoformat()} for status, at in rows
        ],
        "physical_backup_data": {"latest_physical_backup_date_unix": int(after(until).timestamp())} if until else {},
    }


AGES: dict[str, tuple[dict[str, Any], float | None]] = {
    "the newest completed one": (backups(("COMPLETED", 0), ("COMPLETED", 60), ("FAILED", 90)), 40),
    "point in time": (backups(("COMPLETED", 0), pitr=True, until=95), 5),
    "point in time is off": (backups(("COMPLETED", 0), until=95), 100),
    "only failures": (backups(("FAILED", 0), ("PENDING", 9)), None),
    "none": (backups(), None),
}


@pytest.mark.parametrize(("answer", "seconds"), AGES.values(), ids=AGES.keys())
def test_the_age_of_what_can_be_restored(answer: dict[str, Any], seconds: float | None) -> None:
    age = on(serving(**{BACKUPS: ok(answer)}), lambda supabase: supabase.backups()).age(after(100))
    assert age == (None if seconds is None else timedelta(seconds=seconds))


def test_health_names_each_service() -> None:
    rows = [{"name": "db", "status": "ACTIVE_HEALTHY"}, {"name": "auth", "status": "UNHEALTHY", "error": "down"}]
    server = serving(**{HEALTH: ok(rows)})
    found = on(server, lambda supabase: supabase.health(("db", "auth")))
    assert [(each.name, each.healthy, each.error) for each in found] == [("db", True, None), ("auth", False, "down")]
    assert server.requests[0].url.params.get_list("services") == ["db", "auth"]


def test_a_query_returns_rows() -> None:
    server = serving(**{QUERY: ok([{"n": 3}], 201)})
    assert on(server, lambda supabase: supabase.query_read_only("select $1 as n", [3])) == ({"n": 3},)
    assert json.loads(server.requests[0].content) == {"query": "select $1 as n", "parameters": [3]}


def test_a_query_only_reads_and_so_is_asked_again() -> None:
    server = serving(**{QUERY: [ok(None, 502), ok([], 201)]})
    assert on(server, lambda supabase: supabase.query_read_only("select 1")) == ()
    assert len(server.requests) == 2


FAILURES: dict[str, tuple[Step, type[OutsideError]]] = {
    "refused": (ok({"message": "Unauthorized"}, 401), Denied),
    "no answer": (httpx.ConnectTimeout("x"), Unreachable),
    "not a list": (ok({"message": "?"}), Broken),
}


@pytest.mark.parametrize(("step", "kind"), FAILURES.values(), ids=FAILURES.keys())
def test_failures_have_their_names(step: Step, kind: type[OutsideError]) -> None:
    with pytest.raises(kind) as caught:
        on(serving(**{HEALTH: step}), lambda supabase: supabase.health())
    assert "sbp_" not in caught.value.sentence
