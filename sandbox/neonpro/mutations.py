"""Changes that the practice NeonPro carried out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """A change that the practice NeonPro carried out. `at` is Unix seconds."""

    kind: str  # create, merge, cancel, promote, rollback, describe, restore-pitr, restore-point …
    project: str
    deployment: str | None
    at: float
    note: str = ""
