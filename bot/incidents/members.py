"""Who is in an incident's channel, as Slack tells it."""

from bot.domain import Domain
from bot.incidents.events import MemberJoined
from bot.incidents.homes import draw_home
from bot.ports import Tx


def joined(domain: Domain, tx: Tx, channel: str, user: str) -> None:
    """Somebody joined an incident's channel: the incident is theirs to see."""
    for incident in tx.incidents.find(channel=channel):
        domain.publish(tx, MemberJoined(incident, user))
        if user not in incident.members:
            tx.incidents.save(incident, members=(*incident.members, user))
            if incident.confidential:
                draw_home(tx, tx.members.get(user))


def left(tx: Tx, channel: str, user: str) -> None:
    """Somebody left an incident's channel: what others may not see is not theirs to see any more."""
    for incident in tx.incidents.find(channel=channel):
        if user in incident.members:
            tx.incidents.save(incident, members=tuple(each for each in incident.members if each != user))
            if incident.confidential:
                draw_home(tx, tx.members.get(user))
