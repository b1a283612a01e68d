"""What `/oncall` shows: each level with who is called now and how, the rotations as a calendar, the last check."""

from zoneinfo import ZoneInfo

from bot.escalation.roster import Reach, Roster, Rung, Turns
from bot.oncall.model import ContactCheck
from bot.people.rotation import Shift
from bot.text import listing, say, side_by_side
from handlers.slack.blocks.elements import DATE, Block, code, escape, section, when
from handlers.slack.blocks.lists import Answer, answer


def roster_answer(roster: Roster, channels: dict[str, str]) -> Answer:
    """The levels, then the rotations, then who answered the last check."""
    lines = [_rung_line(each, channels) for each in roster.rungs] or [say("The runbook has no escalation levels.")]
    text, blocks = answer(say("Who is called now"), [*lines, *_check_lines(roster)])
    calendars = [(_turns_line(each, roster), calendar(each, roster.names)) for each in roster.rotations]
    drawn: list[Block] = [section(f"{line}\n{code(drawn)}") for line, drawn in calendars]
    return "\n".join([text, *(part for each in calendars for part in each)]), (*blocks, *drawn)


def _rung_line(each: Rung, channels: dict[str, str]) -> str:
    level = each.level
    head = say("*Level {level}* {title}", level=level.level, title=escape(level.title))
    place = f" <#{channels[level.channel]}>" if level.channel in channels else ""
    people = listing([_person(person) for person in each.first], most=20) or say("nobody holds its roles")
    then = say("then {people}", people=listing([_person(person) for person in each.then], most=20))
    only = say("called only by a person, with a reason") if level.confirm else ""
    return f"{head}{place}: " + side_by_side(people, then if each.then else "", only, by=" · ")


def _person(each: Reach) -> str:
    ways = [say("Slack")] if each.slack and not each.why else []
    ways += [say("pager: {kinds}", kinds=", ".join(each.pagers))] if each.pagers else []
    if not ways:
        return f"⚠️ {escape(each.name)} ({escape(each.why or say('cannot be reached'))})"
    return f"{escape(each.name)} ({', '.join([*ways, *([escape(each.why)] if each.why else [])])})"


def _turns_line(each: Turns, roster: Roster) -> str:
    name = say("*Rotation {name}* ({role})", name=escape(each.name), role=each.rotation.role.replace("_", " "))
    if each.now is None:
        return say("{rotation}: begins {time}", rotation=name, time=when(each.turns[0].starts, DATE))
    who, until = escape(roster.names.get(each.now.person, each.now.person)), when(each.now.ends, DATE)
    words = say("{rotation}: {who} until {time}", rotation=name, who=who, time=until)
    whose = escape(roster.names.get(each.now.covers, each.now.covers)) if each.now.covers else ""
    return say("{words}, in place of {whose}", words=words, whose=whose) if whose else words


def calendar(each: Turns, names: dict[str, str]) -> str:
    """A line for each turn, a column for each person: `Mon 02 Nov 09:00 | ██ Bruno | `."""
    zone, people = each.rotation.tz, list(dict.fromkeys(each.rotation.people))
    shown = [names.get(person, person) for person in people]
    widths = [max(len(name), 3) for name in shown]
    head = "  ".join(["".ljust(17), *(name.ljust(width) for name, width in zip(shown, widths, strict=True))])
    rows = [
        "  ".join([_day(turn, zone), *("███".ljust(width) if person == turn.person else " · ".ljust(width)
                                       for person, width in zip(people, widths, strict=True))])
        for turn in each.turns
    ]  # fmt: skip
    return "\n".join(line.rstrip() for line in [head, *rows])


def _day(turn: Shift, zone: ZoneInfo) -> str:
    return turn.starts.astimezone(zone).strftime("%Y-%m-%d %H:%M").ljust(17)


def _check_lines(roster: Roster) -> list[str]:
    if not roster.checks:
        return [say("Contacts were never checked: `/oncall verify` sends everybody a message with a button.")]
    lines = [_check_line(each, roster.names) for each in roster.checks]
    return [say("*Contact check* of {time}", time=when(roster.checks[0].asked_at, DATE)), *lines]


def _check_line(each: ContactCheck, names: dict[str, str]) -> str:
    name = escape(names.get(each.person, each.person))
    if each.answered_at:
        return say("✅ {name}: answered {time}", name=name, time=when(each.answered_at, DATE))
    if each.failure:
        return say("⚠️ {name}: {why}", name=name, why=escape(each.failure))
    if each.sent_at is None:
        return say("▫️ {name}: not sent yet", name=name)
    return say("▫️ {name}: no answer yet, asked until {time}", name=name, time=when(each.due_at, DATE))
