"""The Homes of the app, which show incidents: drawn anew when one must not be shown there any more."""

from bot.people import Member
from bot.ports import Tx


def draw_home(tx: Tx, member: Member | None) -> None:
    """Have a person's Home drawn anew, if they have ever looked at it."""
    if member is not None and member.home:
        tx.effects.plan("home", f"home:{member.user}", {"user": member.user})


def draw_homes(tx: Tx) -> None:
    """Have every Home drawn anew."""
    for member in tx.members.find(home=True):
        draw_home(tx, member)
