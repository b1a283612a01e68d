"""People of the workspace."""

from typing import ClassVar

from sqlmodel import Field, SQLModel

from bot.people import Member
from storage.rows import Rows


class MemberRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "member"
    user: str = Field(primary_key=True)
    team: str
    name: str
    email: str | None = None
    guest: bool = False
    outsider: bool = False
    bot: bool = False
    deleted: bool = False
    home: bool = False


class MemberRows(Rows[Member]):
    model, entity = MemberRow, Member
