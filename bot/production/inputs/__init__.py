"""What a run keeps that moves production."""

from dataclasses import dataclass, field

from bot.runs.inputs import Inputs


@dataclass(frozen=True)
class ProductionInputs(Inputs):
    """What a run keeps whose steps may move production: of every kind that looks at it before it ends."""

    choice: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that a person chose to make live."""
    unverified: dict[str, str] = field(default_factory=dict)
    """Service -> why it could not be asked at the end whether it is live."""
