"""One world for each test."""

from collections.abc import Iterator

import pytest
from domain_world import World, opened


@pytest.fixture
def world() -> Iterator[World]:
    """A domain with the bundled runbook."""
    with opened() as world:
        yield world
