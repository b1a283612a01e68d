"""Every request of the bot leaves by one way: bounded in size, through the proxies, without cookies."""

import re
from pathlib import Path

BOT = Path(__file__).parents[2] / "bot"
ASKS = re.compile(r"\b(?:client|http)\.(?:request|send|stream|get|head|post|put|patch|delete|build_request)\(")


def those(pattern: str) -> list[str]:
    return sorted(str(each.relative_to(BOT)) for each in BOT.rglob("*.py") if re.search(pattern, each.read_text()))


def test_one_module_sends_requests() -> None:
    assert those(ASKS.pattern) == ["integrations/http/call.py"]


def test_one_module_opens_clients() -> None:
    assert those(r"httpx\.(?:Async)?Client\(") == ["integrations/http/client.py"]
