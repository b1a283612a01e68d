"""What the law asks of the team after an incident: clocks, the calendar they are counted by, and whose word counts."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.runbook.base import Duration, Frozen, Line, Prose, Slug, Titled, Worded

Acting = Literal["controller", "operator"]


class Calendar(Frozen):
    """Which days are business days: those of a country without its public holidays, and what the team adds."""

    country: str = Field(default="BR", pattern=r"^[A-Z]{2}$", description="ISO 3166; the library `holidays` knows it.")
    subdivision: Line | None = Field(default=None, description="Also the holidays of a state, such as SP.")
    holidays: tuple[date, ...] = Field(default=(), description="Further days that are no business days.")
    business_days: tuple[date, ...] = Field(default=(), description="Days that count although they are holidays.")

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.country != "BR" or self.subdivision:
            from holidays import country_holidays  # late: most runbooks do not come here

            try:
                country_holidays(self.country, subdiv=self.subdivision)
            except NotImplementedError as error:
                named = self.country if self.subdivision is None else f"{self.country}-{self.subdivision}"
                raise ValueError(f"the library `holidays` does not know {named}") from error
        return self


class Clock(Worded):
    """A time limit of the law. It runs from the knowledge of the incident, or from another clock's."""

    id: Slug
    source: Line = Field(description="The law or resolution, with its article.")
    business_days: int | None = Field(default=None, ge=1, le=365)
    within: Duration | None = Field(default=None, description="Time on the wall, holidays and nights included.")
    acting_as: Acting | None = Field(default=None, description="Only when the team acts as this.")
    medical_device: bool = Field(default=False, description="Only when the product is a medical device.")
    doubles: bool = Field(default=False, description="Whether `doubled` doubles it.")
    after: Slug | None = Field(default=None, description="The clock that starts this one; absent = knowledge.")
    counted_from: Literal["met", "due"] = Field(default="met", description="When that one was met, or was due.")
    note: Prose | None = None

    @model_validator(mode="after")
    def _has_one_length(self) -> Self:
        if (self.business_days is None) == (self.within is None):
            raise ValueError("needs either business_days or within")
        return self


class Doubled(Frozen):
    """Who decided that the team is a small agent, whose limits are doubled, and when."""

    by: Line
    on: date
    reason: Prose


class CommunicationField(Worded):
    """One thing that has to be said. `filled`: with what NeonOps knows of it."""

    id: Slug
    source: Line
    required: bool = True
    filled: Literal["description", "dates", "measures"] | None = None


class Communication(Titled):
    """Something that has to be communicated; sending it meets its clock. `title`: as it fits onto a form (24)."""

    id: Slug
    clock: Slug
    source: Line
    fields: Annotated[tuple[CommunicationField, ...], Field(min_length=1, max_length=40)]


class Legal(Titled):
    """The legal side of incidents. A lawyer decides; NeonOps counts and reminds, and never files anything."""

    source: Line = Field(description="The law, in a few words: shown where a clock is asked for.")
    acts_as: tuple[Acting, ...] = Field(default=("controller", "operator"), min_length=1)
    medical_device: bool = False
    doubled: Doubled | None = None
    calendar: Calendar = Calendar()
    asked: tuple[Slug, ...] = Field(default=(), description="Severities at which the time of knowledge is asked for.")
    reminded: tuple[Slug, ...] = Field(description="Roles that are reminded, beside who leads the incident.")
    deciders: tuple[Slug, ...] = Field(description="Roles that may say that a clock does not apply, and review drafts.")
    remind_before: tuple[Duration, ...] = Field(default=(timedelta(hours=24), timedelta(hours=4)), max_length=5)
    clocks: tuple[Clock, ...] = Field(min_length=1)
    communications: tuple[Communication, ...] = ()

    def applying(self) -> tuple[Clock, ...]:
        """The clocks that can apply to what the team acts as, and to its product."""
        return tuple(
            each
            for each in self.clocks
            if (each.acting_as is None or each.acting_as in self.acts_as)
            and (self.medical_device or not each.medical_device)
        )

    @model_validator(mode="after")
    def _clocks_start_one_another(self) -> Self:
        known: set[str] = set()
        for each in self.clocks:
            if each.after and each.after not in known:
                raise ValueError(f"clock {each.id}: `after` names {each.after}, which is no clock before it")
            known.add(each.id)
        for communication in self.communications:
            if communication.clock not in known:
                raise ValueError(f"communication {communication.id}: {communication.clock} is no clock")
        return self
