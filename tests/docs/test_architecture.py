"""docs/architecture.md names what there is."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def layers() -> list[set[str]]:
    """The layers of bot/ as the contract has them, from the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["name"] == "the packages of bot/ are layers")
    return [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]


def test_the_layers_stand_in_the_order_of_the_contract() -> None:
    table = TEXT.split("## Events")[0].split("|---|---|")[1]
    rows = [re.findall(r"`(\w+)`", line.split("|")[1]) for line in table.splitlines() if line.startswith("|")]
    told = [name for row in rows for name in row]
    rank = {name: number for number, layer in enumerate(layers()) for name in layer}
    assert set(told) == set(rank)
    assert all(rank[above] <= min(rank[name] for name in told[at:]) for at, above in enumerate(told))


def test_every_path_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:bot|handlers|storage|docs)/[\w/.]+)`", TEXT)
    assert [path for path in named if not (ROOT / path).exists()] == []
