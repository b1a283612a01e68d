"""What a runbook says of incidents beside their checklists: the roles that people take."""

from collections.abc import Sequence

from pydantic import Field

from bot.runbook.base import Line, Slug, Titled


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
