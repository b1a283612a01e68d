"""Wakes as Procrastinate's jobs: written in the transaction that they are about, taken from replicas that are gone.

At most one job waits for a key (its queueing lock) and at most one is worked on (its lock). A wake for a key whose job
waits already takes hold of that job until the commit, so that no replica begins on it before it can see the change.
The jobs are never the truth: without them, the sweeps ask again for all that is unfinished.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from bot.ports import Wake

SCHEMA = "neonops_jobs"
"""Where Procrastinate's tables are."""
QUEUE = "neonops"
CHANNEL = f"procrastinate_queue_v1#{QUEUE}"
"""Procrastinate's own channel of the queue: replicas hear new jobs there, and whose wakes were committed."""
TOLD_AT_ONCE = 6000
"""Bytes of wakes in one notification; PostgreSQL takes 8,000."""

_ASK = f"""
INSERT INTO {SCHEMA}.procrastinate_jobs AS job (queue_name, task_name, lock, queueing_lock, args)
SELECT '{QUEUE}', kind, kind || ':' || key, kind || ':' || key, jsonb_build_object('key', key)
FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[])) AS wanted (kind, key)
WHERE NOT :missing OR NOT EXISTS (
    SELECT 1 FROM {SCHEMA}.procrastinate_jobs AS other
    WHERE other.lock = kind || ':' || key AND other.status IN ('todo', 'doing'))
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE SET priority = job.priority
"""
_STRAY = f"""
SELECT id FROM {SCHEMA}.procrastinate_jobs
WHERE status = 'doing' AND worker_id = :worker AND NOT id = ANY(CAST(:known AS bigint[]))
"""
_SILENT = f"""
SELECT EXISTS (SELECT 1 FROM {SCHEMA}.procrastinate_workers
               WHERE last_heartbeat < clock_timestamp() - make_interval(secs => :seconds))
    OR EXISTS (SELECT 1 FROM {SCHEMA}.procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL)
"""
_STALLED = f"""
SELECT id FROM {SCHEMA}.procrastinate_workers
WHERE last_heartbeat < clock_timestamp() - make_interval(secs => :seconds) FOR UPDATE
"""
_TAKE = f"""
DELETE FROM {SCHEMA}.procrastinate_jobs
WHERE status = 'doing' AND (worker_id IS NULL OR worker_id = ANY(:workers) OR id = ANY(CAST(:strays AS bigint[])))
RETURNING task_name, args ->> 'key'
"""


def ask(connection: Connection, wakes: Collection[Wake], *, missing: bool = False) -> None:
    """Have these keys worked on after the commit; `missing` = only those that no job is there for."""
    kinds, keys = [wake.kind for wake in wakes], [wake.key for wake in wakes]
    connection.execute(text(_ASK), {"kinds": kinds, "keys": keys, "missing": missing})


def tell(connection: Connection, wakes: Iterable[Wake], origin: str) -> None:
    """Have every replica hear these wakes after the commit: who works on such a key looks at once."""
    for told in _portions(wakes):
        words = json.dumps({"type": "job_inserted", "job_id": 0, "from": origin, "wakes": told})
        connection.execute(text("SELECT pg_notify(:channel, :words)"), {"channel": CHANNEL, "words": words})


def _portions(wakes: Iterable[Wake]) -> Iterable[list[tuple[str, str]]]:
    portion: list[tuple[str, str]] = []
    for wake in wakes:
        portion.append((wake.kind, wake.key))
        if len(json.dumps(portion)) > TOLD_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def silent(connection: Connection, seconds: float) -> bool:
    """Whether a replica was silent for so long, or left work when it went."""
    return bool(connection.execute(text(_SILENT), {"seconds": seconds}).scalar())


def strays(connection: Connection, worker: int, known: Collection[int]) -> set[int]:
    """Jobs that the database gave to a replica which does not know of it, because the answer was lost."""
    return set(connection.execute(text(_STRAY), {"worker": worker, "known": list(known)}).scalars())


def take_over(
    connection: Connection, *, silent_s: float, mine: int | None = None, stray: Collection[int] = ()
) -> Sequence[Wake]:
    """Ask anew for what replicas work on that were silent for so long, that `mine` lets go of, and for stray jobs.

    The new jobs have new ids, so that a replica that comes back cannot end them; it is not known any more.
    """
    gone = list(connection.execute(text(_STALLED), {"seconds": silent_s}).scalars())
    gone += [mine] if mine is not None else []
    taken: Any = connection.execute(text(_TAKE), {"workers": gone, "strays": list(stray)})
    wakes = [Wake(kind, key) for kind, key in taken]
    connection.execute(text(f"DELETE FROM {SCHEMA}.procrastinate_workers WHERE id = ANY(:gone)"), {"gone": gone})
    if wakes:
        ask(connection, wakes)
    return wakes
