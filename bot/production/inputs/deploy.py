"""What a deploy keeps of itself: what was found before it starts, the gates, the approval and the overrides."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal

from bot.production.inputs import ProductionInputs

Verdict = Literal["passed", "warning", "failed", "overridden", "unknown", "off"]
"""`unknown`: it could not be asked. `off`: nothing is set up that could be asked."""


@dataclass(frozen=True)
class Gate:
    """One gate's answer. Only an `overridable` one that failed may be passed with a reason."""

    id: str
    verdict: Verdict
    why: str
    overridable: bool = True
    offer: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that can be promoted from here."""
    about: str = ""
    """The incidents that it names: what was said of them in public can be taken back."""
    cause: tuple[str, ...] = ()
    """What stands in the way, by ids that stay the same however it is worded: an override is for this alone."""

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that change with what stands in the way."""
        said = json.dumps([self.id, self.about, self.cause or str(self.why)])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Facts:
    """What was found at `at` (ISO 8601). `unasked`: what could not be asked, and why, in words."""

    at: str
    sha: str | None = None
    pinned: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that a rollback pinned production to."""
    newer: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Pinned service -> what was live after the deployment it is pinned to, newest first."""
    vendors: dict[str, str] = field(default_factory=dict)
    """Vendor in trouble -> what its status page says."""
    unasked: dict[str, str] = field(default_factory=dict)
    live: str | None = None
    """The commit that runs now, of the first service."""
    commits: list[str] = field(default_factory=list)
    """`abc1234 subject` of every commit since that, newest first."""
    migrations: list[str] = field(default_factory=list)
    """Migration files that those commits bring."""
    commit_times: list[int] = field(default_factory=list)
    """When each of those commits was made (Unix seconds)."""
    production: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that is live."""
    checks: dict[str, str] = field(default_factory=dict)
    """`state` and `words` of GitHub's checks of the commit, and the names of those that `failed`, one a line; empty
    when GitHub is not asked."""
    more: int = 0
    """Commits since what is live beyond those in `commits`."""

    @property
    def asked_github(self) -> bool:
        """Whether there is a GitHub to ask."""
        return bool(self.checks) or "checks" in self.unasked


NO_FACTS = Facts("")
"""What is known before anything was looked up."""


@dataclass(frozen=True)
class Approval:
    """Who approved which commit, and until when that holds (ISO 8601)."""

    by: str
    at: str
    until: str
    sha: str | None = None
    runbook: str = ""
    """The version of the runbook that was in force; empty in rows of early versions."""


@dataclass(frozen=True)
class Override:
    """Who passed a failed gate and why. `what` stood in the way then, in words; `cause` is what that was by ids.

    Early versions kept no cause: such an override is for its words and for the incidents that it was about.
    """

    by: str
    why: str
    what: str = ""
    about: str | None = None
    cause: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeployInputs(ProductionInputs):
    """What a deploy keeps."""

    fixes: int | None = None
    """The incident that it is the fix of."""
    facts: Facts | None = None
    gates: tuple[Gate, ...] = ()
    """As they were judged last, but for the checklist."""
    approval: Approval | None = None
    overrides: dict[str, Override] = field(default_factory=dict)
    """By gate."""
    doubt: str | None = None
    """Why an approved one does not start yet, in words."""
    again: bool = False
    """Whether somebody asked for every check once more."""
    voided: str | None = None
    """Why its approval does not count any more, in words."""
    ask_anew: bool = False
    """Whether it has to be asked for again, and not only to be approved."""

    @property
    def failed(self) -> tuple[Gate, ...]:
        """The gates that stand in the way."""
        return tuple(gate for gate in self.gates if gate.verdict == "failed")
