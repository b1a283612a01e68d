"""What one guarded step of the engine costs of our own: a sequence of small requests, seen from the other side.

The server notes when each request came and when its answer was sent. From an answer to the next request is what the
bot does between two steps: it writes the outcome, looks what is next, and writes that step's intent, each in a
transaction on SQLite. The same requests by a plain httpx client are measured in turn: their part is taken off.
"""

import time
from pathlib import Path

import httpx
import yaml
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.bench.figures import Figure, percentile
from tests.bench.processes import until
from tests.bench.world import World, bot, world

TARGET_MS = 10
_BODY = b'{"status": "ok"}'


class Counter:
    """The server: answers at once, and notes when it was asked and when it had answered."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.answered: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(time.perf_counter())
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _BODY})
        self.answered.append(time.perf_counter())

    def gaps_ms(self) -> list[float]:
        """From each answer to the next request; forgets them."""
        gaps = [(asked - answered) * 1000 for answered, asked in zip(self.answered, self.asked[1:], strict=False)]
        self.asked, self.answered = [], []
        return gaps


async def measure(directory: Path, steps: int) -> list[Figure]:
    """One run of `steps` requests in a sequence."""
    counter = Counter()
    async with world(directory / "stepping", Route("/step", counter)) as of:
        runbook = of.directory / "runbook.yml"
        runbook.write_text(yaml.safe_dump(a_runbook(f"{of.url}/step", steps)), "utf-8")
        of.extra["NEONOPS_RUNBOOK"] = str(runbook)
        async with bot(of):
            await _run(of, counter, steps)
            ours = counter.gaps_ms()
        await _plain(f"{of.url}/step", steps)
        plain = counter.gaps_ms()
    own = percentile(ours, 0.5) - percentile(plain, 0.5)
    detail = f"p50 of {steps} steps: {percentile(ours, 0.5):.1f} ms less plain httpx {percentile(plain, 0.5):.1f} ms"
    return [Figure("a guarded step on SQLite: our own time", own, "ms", TARGET_MS, detail)]


async def _run(of: World, counter: Counter, steps: int) -> None:
    ack = await of.slack.command("alice", "devops", "/incident", "p1 Many steps")
    if not ack.ok:
        raise RuntimeError(f"/incident: {ack.error}")
    await until(lambda: len(counter.answered) == steps, 60)


async def _plain(url: str, steps: int) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(steps):
            (await client.get(url)).raise_for_status()


def a_runbook(url: str, steps: int) -> dict[str, object]:
    """A runbook with one severity, whose procedure sends `steps` requests one after another."""
    requests = [{"id": f"step_{n}", "kind": "http", "text": f"Request {n}", "url": url} for n in range(steps)]
    phase = {"id": "all", "title": "All", "mode": "sequence", "steps": requests}
    procedure = {"id": "many", "kind": "incident", "title": "Many steps", "phases": [phase]}
    severity = {"id": "p1", "title": "P1", "impact": "None", "response": "15m", "rank": 1, "procedure": "many"}
    return {
        "schema": 1,
        "name": "stepping",
        "title": "Stepping",
        "permissions": {"respond": ["devops"]},
        "procedures": [procedure],
        "severities": [{**severity, "announce": False}],
    }
