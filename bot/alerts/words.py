"""What the card says of alerts: who was reached and how, who was not and why."""

from collections.abc import Callable, Iterable

from bot.alerts.model import Alert, AlertState, Way
from bot.text import listing, say

Name = Callable[[str], str]
"""The name of a person."""
SHOWN = 8
"""People that are named; beyond it they are counted."""


def alert_words(alerts: Iterable[Alert], name: Name) -> str:
    """All rounds of one item's attempt, a line each for what was reached, what was not, and what is not certain."""
    every = [alert for alert in alerts if alert.way is not Way.INVITATION]
    named = [alert for alert in every if alert.turn == 0]
    lines = [*_lines(named, name)]
    if named and not anybody_reached(named) and _over(named):
        lines.insert(0, say("Nobody was reached."))
    others = [alert for alert in every if alert.turn > 0]
    if others:
        lines += [say("Escalated: {words}", words="; ".join(_lines(others, name)))]
    return "\n".join(lines)


def anybody_reached(alerts: Iterable[Alert]) -> bool:
    """Whether somebody certainly was told."""
    return any(alert.state is AlertState.REACHED for alert in alerts)


def _over(alerts: Iterable[Alert]) -> bool:
    return all(alert.state.settled for alert in alerts)


def _lines(alerts: list[Alert], name: Name) -> list[str]:
    people = dict.fromkeys(alert.person for alert in alerts)
    of = {person: [alert for alert in alerts if alert.person == person] for person in people}
    reached = [person for person in people if anybody_reached(of[person])]
    tried = [person for person in people if person not in reached and not _over(of[person])]
    missed = [person for person in people if person not in reached and person not in tried]
    parts = (
        ("alerted {people}", [_reached(name(person), of[person]) for person in reached]),
        ("trying {people}", [name(person) for person in tried]),
        ("not reached: {people}", [_missed(name(person), of[person]) for person in missed]),
    )
    return [say(words, people=listing(each, most=SHOWN)) for words, each in parts if each]


def _reached(name: str, alerts: list[Alert]) -> str:
    """`Bruno Barros (mention, pager: twilio; pager may have been called: …)`."""
    ways = [_way(alert) for alert in alerts if alert.state is AlertState.REACHED]
    failed = [_failure(alert) for alert in alerts if alert.state in (AlertState.UNREACHED, AlertState.UNSURE)]
    return f"{name} ({'; '.join([', '.join(ways), *failed])})"


def _missed(name: str, alerts: list[Alert]) -> str:
    return f"{name} ({'; '.join(_failure(alert) for alert in alerts)})"


def _way(alert: Alert) -> str:
    return say("paged by {how}", how=alert.how) if alert.way is Way.PAGE else alert.how


def _failure(alert: Alert) -> str:
    if alert.way is not Way.PAGE:
        return alert.how
    if alert.state is AlertState.UNSURE:
        return say("may have been paged: {why}", why=alert.how)
    return say("not paged: {why}", why=alert.how)


def absent_words(alerts: Iterable[Alert], name: Name) -> str:
    """Who could not be invited, and why; empty when everybody is there."""
    absent = [each for each in alerts if each.way is Way.INVITATION and each.state is AlertState.UNREACHED]
    people = [f"{name(each.person)} ({each.how})" for each in absent]
    return say("Not in this channel: {people}", people=listing(people, most=SHOWN)) if people else ""
