"""Messages that show runs."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, UniqueConstraint, bindparam, select, text, update
from sqlmodel import Field, SQLModel

from bot.runs.model import Card
from storage.columns import at_column, text_column
from storage.rows import Rows
from storage.statements import table_of


class CardRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "card"
    __table_args__ = (
        UniqueConstraint("run_id", "page"),
        Index("ix_card_dirty", "state", sqlite_where=text("wanted > shown"), postgresql_where=text("wanted > shown")),
    )
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    page: str
    op_id: str
    channel: str | None = None
    ts: str | None = None
    wanted: int = 1
    shown: int = 0
    state: str = "live"
    attempts: int = 0
    error: str | None = text_column()
    held_since: datetime | None = at_column(nullable=True)
    held_until: datetime | None = at_column(nullable=True)


_CARD = table_of(CardRow)
_LIVE = (_CARD.c.run_id == bindparam("run"), _CARD.c.state == "live")
_TOUCH_ALL = update(_CARD).where(*_LIVE).values(wanted=_CARD.c.wanted + 1).returning(_CARD.c.id)
_TOUCH = _TOUCH_ALL.where(_CARD.c.page == bindparam("of_page"))
_SHOWABLE = (_CARD.c.wanted > _CARD.c.shown, _CARD.c.state == "live", _CARD.c.channel.is_not(None))
_FREE = _CARD.c.held_until.is_(None) | (_CARD.c.held_until <= bindparam("now"))
_DIRTY = select(_CARD.c.id).where(*_SHOWABLE, _FREE)


class CardRows(Rows[Card]):
    model, entity = CardRow, Card

    def touch(self, run_id: int, page: str | None = None) -> None:
        which = {"run": run_id, "of_page": page} if page else {"run": run_id}
        for card_id in sorted(self._write(_TOUCH if page else _TOUCH_ALL, which).scalars()):
            self._scope.wake("card", card_id)

    def dirty(self) -> list[int]:
        """Ids of live cards that Slack shows in an older state."""
        return self._scalars(_DIRTY, now=self._scope.now)

    def release(self, **which: Any) -> None:
        for card in self.find(state="live", **which):
            if card.held_since:
                self.save(card, held_since=None, held_until=None)
                self._scope.wake("card", card.id)
