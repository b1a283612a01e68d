"""The runbook as typed, frozen data: everything that is a team's own, nothing that is the bot's.

A procedure is ordered phases; a phase is steps; see `bot/steps/` for the kinds of steps.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from bot.runbook.base import Duration, Frozen, Line, Prose, Slug, Titled
from bot.runbook.sections import (
    Backups,
    Compliance,
    DeployPolicy,
    Freeze,
    Maintenance,
    Monitoring,
    RollbackPolicy,
    Upkeep,
)
from bot.runbook.sections.incidents import USUAL_ROLES, IncidentRole, Reminders, UpdateTemplate
from bot.runbook.sections.legal import Legal
from bot.runbook.sections.public import StatusPage
from bot.runbook.sections.services import HealthGroup, Service, Vendor
from bot.runbook.steps import AnyStep


class Window(Frozen):
    """When a phase is due, counted from the start of the run. `until: null` = open end (`90+ minutes`)."""

    starts: Duration = timedelta(0)
    until: Duration | None = None


class Phase(Titled):
    """Ordered steps with a time window or a budget."""

    model_config = ConfigDict(defer_build=True)

    id: Slug
    stage: Literal["before", "main", "after"] = Field(
        default="main",
        description="before = checklist that comes before the approval; after = items that outlive the run.",
    )
    mode: Literal["checklist", "sequence"] = Field(
        default="checklist", description="checklist = any order; sequence = one after another, a failure stops it."
    )
    window: Window | None = None
    budget: Duration | None = None
    service: Slug | None = Field(default=None, description="Only when this service is among the run's targets.")
    steps: Annotated[tuple[AnyStep, ...], Field(min_length=1, max_length=100)]


class Procedure(Titled):
    """What a run executes."""

    model_config = ConfigDict(defer_build=True)

    id: Slug
    kind: Literal["deploy", "rollback", "restore", "incident", "checklist"] = "checklist"
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=20)]
    note: Prose | None = None

    def steps(self) -> Iterator[tuple[Phase, AnyStep]]:
        """Every step with its phase, in order."""
        return ((phase, step) for phase in self.phases for step in phase.steps)

    @property
    def alerts(self) -> bool:
        """Whether it alerts somebody by itself as soon as it begins."""
        first = (phase for phase in self.phases if phase.stage == "main" and phase.mode == "checklist")
        steps = (step for phase in first for step in phase.steps)
        return any(step.starts == "auto" and step.alerted for step in steps)

    def step(self, step_id: str) -> AnyStep:
        """The step with this id; KeyError when there is none (ids are unique within a procedure)."""
        for _, step in self.steps():
            if step.id == step_id:
                return step
        raise KeyError(step_id)


CHANNEL_PATTERN = r"^(?:[a-z0-9_-]|\{(?:date|time|id|severity|title)\})+$"


class ChannelRule(Frozen):
    """How an incident's channel is named and who sees it."""

    prefix: Annotated[str, Field(pattern=r"^\S+$", max_length=40)] = "incident"
    name: Annotated[str, Field(pattern=CHANNEL_PATTERN, max_length=60)] | None = Field(
        default=None,
        description="Pattern of the name, of {date}, {time}, {id}, {severity}, {title} and a-z, 0-9, - and _; absent = "
        "<prefix>-{date}-{time}. A drill begins with drill-; a name that is taken gets -2, -3 …",
    )
    private: bool = False


class Severity(Titled):
    """A kind of incident: how bad it is, what runs, how fast somebody must respond."""

    id: Slug
    scope: Line | None = None
    impact: Line
    response: Duration = Field(description="Response time: how soon somebody must respond.")
    procedure: Slug
    channel: ChannelRule = ChannelRule()
    rank: int = Field(ge=1, description="1 is worst.")
    confidential: bool = Field(default=False, description="Visible to its members only, on every surface.")
    invite: tuple[Slug, ...] = Field(default=(), description="Roles that are invited into the channel.")
    alert: tuple[Slug, ...] | None = Field(
        default=None,
        description="Roles that are alerted when it is declared; absent = those invited, unless its checklist has a "
        "notify step that starts by itself. Of rank 1 they are paged too.",
    )
    escalate_after: Duration | None = Field(
        default=None,
        description="How long each level of the escalation has to acknowledge before the next one is called; "
        "absent = the response time.",
    )
    remind_before: Duration | None = Field(
        default=None, description="How long before that it is said who is next; absent = a third of the time."
    )
    levels: tuple[int, ...] | None = Field(default=None, description="The levels that are called; absent = all.")
    acknowledged_by_work: bool = Field(
        default=False, description="Whether who ticks an item acknowledges the incident; else that is only work."
    )
    update_every: Duration | None = Field(
        default=None, description="How soon after the last status update the next one is due; absent = never."
    )
    announce: bool = True
    emoji: Line = "🔴"
    note: Prose | None = None

    @property
    def alerted(self) -> tuple[str, ...]:
        """The roles that are alerted when it is declared and its checklist does not do it."""
        return self.invite if self.alert is None else self.alert

    @property
    def patience(self) -> timedelta:
        """How long a level has to acknowledge."""
        return self.response if self.escalate_after is None else self.escalate_after

    @property
    def warning(self) -> timedelta:
        """How long before the next level is called that is said."""
        return self.patience / 3 if self.remind_before is None else self.remind_before


class Contact(Titled):
    """A primary contact: the role whose people the team file names."""

    role: Slug
    details: Line | None = Field(default=None, description="What is kept of each person, as the runbook words it.")


class EscalationLevel(Titled):
    """One rung of the escalation matrix."""

    level: int = Field(ge=1)
    roles: tuple[Slug, ...]
    channel: Slug | None = Field(default=None, description="The channel of the team file where they are mentioned.")
    pages: bool | None = Field(default=None, description="Whether they are paged; absent = unless there is a channel.")
    confirm: bool = Field(default=False, description="Never called by the clock: a person confirms it.")
    how: Line

    @property
    def paged(self) -> bool:
        """Whether its people are paged."""
        return self.channel is None if self.pages is None else self.pages


class Variable(Frozen):
    """A value that differs by installation: `${NAME}` in the file, from the environment, else the default."""

    default: str
    text: Line


Permission = Literal[
    "deploy", "approve", "rollback", "emergency_rollback", "restore", "respond", "lock", "override", "maintain"
]


class Runbook(Frozen):
    """A whole runbook. `version` is the hash of its text: a run finishes on the version that it started with."""

    model_config = ConfigDict(defer_build=True)

    schema_version: Literal[1] = Field(alias="schema")
    name: Line
    title: Line
    timezone: Line = "UTC"
    variables: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], Variable] = Field(default={})
    headings: tuple[Line, ...] = Field(default=(), description="Headings that only group others, word for word.")
    contacts_heading: Line | None = None
    contacts: tuple[Contact, ...] = ()
    escalation_heading: Line | None = None
    escalation: tuple[EscalationLevel, ...] = ()
    permissions: dict[
        Permission,
        tuple[Slug, ...],
    ]
    services: tuple[Service, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    health_heading: Line | None = None
    health: tuple[HealthGroup, ...] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(min_length=1)]
    severities: tuple[Severity, ...] = ()
    reminders: Reminders = Reminders()
    incident_roles: Annotated[tuple[IncidentRole, ...], Field(min_length=1, max_length=20)] = Field(
        default=USUAL_ROLES, description="The roles that people take in an incident; absent = the five usual ones."
    )
    update_templates: tuple[UpdateTemplate, ...] = Field(default=(), description="Drafts of status updates.")
    monitoring: Monitoring | None = None
    backups: Backups | None = None
    maintenance: Maintenance | None = None
    compliance: Compliance | None = None
    legal: Legal | None = None
    upkeep: Upkeep | None = None
    deploys: DeployPolicy = DeployPolicy()
    rollbacks: RollbackPolicy = RollbackPolicy()
    freezes: tuple[Freeze, ...] = ()
    status_page: StatusPage | None = None

    def procedure(self, procedure_id: str) -> Procedure:
        """The procedure with this id; KeyError when there is none."""
        return {each.id: each for each in self.procedures}[procedure_id]

    def severity(self, severity_id: str) -> Severity:
        """The severity with this id; KeyError when there is none."""
        return {each.id: each for each in self.severities}[severity_id]

    def service(self, service_id: str) -> Service:
        """The service with this id; KeyError when there is none."""
        return {each.id: each for each in self.services}[service_id]

    def vendor(self, vendor_id: str) -> Vendor:
        """The vendor with this id; KeyError when there is none."""
        return {each.id: each for each in self.vendors}[vendor_id]

    def health_group(self, group_id: str) -> HealthGroup:
        """The health group with this id; KeyError when there is none."""
        return {each.id: each for each in self.health}[group_id]
