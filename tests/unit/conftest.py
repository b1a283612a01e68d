"""One world for each test."""

from collections.abc import Iterator

import pytest
from desk_world import World, opened


@pytest.fixture
def world() -> Iterator[World]:
    """An office with the bundled runbook."""
    with opened() as world:
        yield world
