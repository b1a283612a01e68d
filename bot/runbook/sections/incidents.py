"""What a runbook says of incidents beside their checklists: the roles that people take, the drafts of updates."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.runbook.base import Duration, Frozen, Line, Prose, Slug, Titled
from bot.runbook.translation import written_in

DRAFT_VALUES = ("title", "severity", "impact", "services", "next")
"""What `{…}` in a draft stands for: `next` is in how many minutes the next update follows."""
_NAMED = re.compile(r"\{(\w+)\}")


class Reminders(Frozen):
    """How often an incident reminds people in its channel."""

    at_most_every: Duration = Field(
        default=timedelta(minutes=10), description="Within this time a reminder is added to the one before it."
    )
    snooze: Duration = Field(default=timedelta(minutes=30), description="How long Snooze puts a reminder off.")


class IncidentRole(Titled):
    """A role that one person at a time holds in an incident."""

    id: Slug
    purpose: Line = Field(description="What its holder does.")
    purpose_pt: Line | None = None
    wanted: tuple[Slug, ...] = Field(
        default=(), description="Severities whose card asks for somebody to take it; nothing is forced."
    )
    leads: bool = Field(default=False, description="Its holder leads the incident; with none, the first role does.")
    tells: bool = Field(default=False, description="Its holder is reminded of status updates; else who leads is.")


USUAL_ROLES = (
    IncidentRole(
        id="commander", title="Commander", pt="Comandante", leads=True,
        purpose="Leads: decides, and asks others to do the work", purpose_pt="Lidera: decide e delega o trabalho",
    ),
    IncidentRole(
        id="communications", title="Communications", pt="Comunicação", tells=True,
        purpose="Writes the status updates", purpose_pt="Escreve as atualizações de status",
    ),
    IncidentRole(
        id="scribe", title="Scribe", pt="Redator(a)",
        purpose="Writes down what happens and what is decided", purpose_pt="Anota o que acontece e o que é decidido",
    ),
    IncidentRole(
        id="operations", title="Operations", pt="Operações",
        purpose="Works on the systems", purpose_pt="Atua nos sistemas",
    ),
    IncidentRole(
        id="liaison", title="Liaison", pt="Contato externo",
        purpose="Talks with customers, vendors and other teams", purpose_pt="Fala com clientes, fornecedores e equipes",
    ),
)  # fmt: skip
"""The roles of a runbook that names none, in the field's usual words."""


def leading_role(roles: Sequence[IncidentRole]) -> IncidentRole:
    """The role whose holder leads an incident."""
    return next((role for role in roles if role.leads), roles[0])


def _known_values(text: str) -> str:
    for name in _NAMED.findall(text):
        if name not in DRAFT_VALUES:
            known = ", ".join(f"{{{each}}}" for each in DRAFT_VALUES)
            raise ValueError(f"{{{name}}} stands for nothing here; there are {known}")
    return text


Drafted = Annotated[Prose, AfterValidator(_known_values)]


class UpdateTemplate(Frozen):
    """The draft of a status update, which a person reads before it is sent."""

    audience: Literal["inside", "customers"]
    status: Literal["investigating", "identified", "monitoring", "resolved"]
    severities: tuple[Slug, ...] = Field(default=(), description="Severities that it is for; absent = all.")
    text: Drafted
    pt: Drafted | None = None

    def filled(self, values: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Its text in each language that it has, with the values of this incident in that language."""
        texts = {language: written_in(language, self, "text") for language in values}
        own = {language: text for language, text in texts.items() if language == "en" or text != texts["en"]}
        return {language: _filled(text, values[language]) for language, text in own.items()}


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _NAMED.sub(lambda found: values[found[1]], text)
