"""What was deployed, how it went, and the figures of delivery, with a chart of the last weeks."""

from collections.abc import Callable
from datetime import timedelta

from bot.deploys.history.dora import Delivery, Figures, Week
from bot.deploys.history.log import Entry, Verdict
from bot.production.wording import stood_words
from bot.runs.model import Run
from bot.text import listing, plural, say, shorten, span
from handlers.slack.blocks.elements import DATE, Block, context, escape, section, user, when
from handlers.slack.blocks.lists import Answer, chunks

_SIGNS: dict[Verdict, str] = {
    "verified": "🟢", "unverified": "🟢", "rolled back": "⏪", "aborted live": "🔴", "aborted": "🔴", "failed": "🔴",
    "cancelled": "⚪", "running": "🔵", "waiting": "🟡",
}  # fmt: skip
TEXT_LIMIT = 3000


def history_answer(found: list[Entry], delivery: Delivery) -> Answer:
    """The figures, the chart, and the latest deploys and rollbacks, newest first."""
    if not found:
        return say("Nothing has been deployed with NeonOps yet."), ()
    figures, lines = figure_lines(delivery), [entry_line(each) for each in found]
    title = say("Recent deploys and rollbacks")
    text = "\n".join([say("DORA metrics (30 days)"), *figures, chart_words(delivery.weeks), title, *lines])
    hint = say("`/deploy history {id}` shows one in full.", id=found[0].run.id)
    blocks = [
        section("\n".join([say("*DORA metrics (30 days)*"), *figures])),
        *([chart(delivery.weeks)] if any(week.good or week.failed for week in delivery.weeks) else []),
        context(definitions()),
        section(f"*{title}*"),
        *chunks(lines),
        context(hint),
    ]
    return shorten(text.replace("*", ""), TEXT_LIMIT), tuple(blocks)


def figure_lines(delivery: Delivery) -> list[str]:
    """A line a figure; what has too few cases says so."""
    return [
        _line(say("Deployment frequency"), _often, delivery),
        _line(say("Lead time for changes"), _lead, delivery),
        _line(say("Change failure rate"), _share, delivery),
        _line(say("Time to restore"), _restore, delivery),
        _line(say("Time to acknowledge"), _acknowledge, delivery),
    ]


def _line(name: str, words: Callable[[Figures], str | None], delivery: Delivery) -> str:
    short, long = words(delivery.short), words(delivery.long)
    if short is None and long is None:
        return say("{name}: not enough data", name=name)
    now = f"*{short}*" if short else say("not enough data")
    return say("{name}: {now}  ·  90 days: {long}", name=name, now=now, long=long or say("not enough data"))


def _often(figures: Figures) -> str:
    good = plural("{count} successful deploy", "{count} successful deploys", figures.good)
    return say("{good}, {week:.1f} per week", good=good, week=figures.per_week)


def _lead(figures: Figures) -> str | None:
    if figures.lead is None:
        return None
    words = say("{time} median over {count} commits", time=span(figures.lead), count=figures.commits)
    unknown = ", " + plural("{count} deploy of unknown age", "{count} deploys of unknown age", figures.undated)
    return words + (unknown if figures.undated else "")


def _share(figures: Figures) -> str | None:
    share = figures.failure_share
    if share is None:
        return None
    return say("{percent:.0f} %, {failed} of {live}", percent=100 * share, failed=figures.failed, live=figures.live)


def _restore(figures: Figures) -> str | None:
    return _median(figures.restore, figures.incidents)


def _acknowledge(figures: Figures) -> str | None:
    return _median(figures.acknowledge, figures.acknowledged)


def _median(time: timedelta | None, incidents: int) -> str | None:
    if time is None:
        return None
    count = plural("{count} incident", "{count} incidents", incidents)
    return say("{time} median over {count}", time=span(time), count=count)


def definitions() -> str:
    """What the figures mean, small."""
    return say(
        "Frequency: deploys that went live, succeeded and did not fail later. Lead time: from the commit to when "
        "production was seen to have moved. Failure: rolled back, failed after going live, or live before an "
        "incident that a later deploy fixed. Restore: P1 and P2, declared to resolved; acknowledge: until somebody "
        "is on it. Drills and confidential incidents do not count; fewer than 3 cases are not reported."
    )


def chart(weeks: tuple[Week, ...]) -> Block:
    """Deploys week by week as Slack draws them (https://docs.slack.dev/reference/block-kit/blocks)."""
    labels = [f"{week.monday:%b %d}" for week in weeks]
    good = [{"label": label, "value": week.good} for label, week in zip(labels, weeks, strict=True)]
    failed = [{"label": label, "value": week.failed} for label, week in zip(labels, weeks, strict=True)]
    series = [{"name": say("Good"), "data": good}, {"name": say("Failed"), "data": failed}]
    axes = {"categories": labels, "x_label": say("Week of"), "y_label": say("Deploys that went live")}
    return {
        "type": "data_visualization",
        "title": say("Deploys to production, by week"),
        "chart": {"type": "bar", "series": series, "axis_config": axes},
    }


def chart_words(weeks: tuple[Week, ...]) -> str:
    """The chart in words, for a screen reader."""
    told = [say("{week} {good} successful, {failed} failed", week=f"{each.monday:%b %d}", good=each.good,
                failed=each.failed)
            for each in weeks if each.good or each.failed]  # fmt: skip
    return say("Week by week: {weeks}", weeks="; ".join(told)) if told else say("No deploy went live in 12 weeks.")


def verdict_words(entry: Entry) -> str:
    """How it ended, in words."""
    words = {
        "verified": say("verified"), "unverified": say("done, not verified"), "aborted live": say("aborted while live"),
        "aborted": say("aborted before going live"), "failed": say("failed"), "cancelled": say("cancelled"),
        "running": say("running"), "waiting": say("waiting to start"),
        "rolled back": say("rolled back by run {id}", id=entry.rolled_back_by),
    }  # fmt: skip
    still = ", " + say("already live") if not entry.moved and stood_words(entry.run, entry.periods) else ""
    return words[entry.verdict] + still


def entry_line(entry: Entry) -> str:
    """One in a line."""
    run = entry.run
    lasted = f" · {span(entry.lasted)}" if entry.lasted else ""
    return say(
        "{sign} *{id}* {title} · {verdict}{lasted} · {who} · {time}",
        sign=_SIGNS[entry.verdict], id=run.id, title=_title(run), verdict=verdict_words(entry), lasted=lasted,
        who=_who(run), time=when(run.started_at or run.created_at, DATE),
    )  # fmt: skip


def _title(run: Run) -> str:
    return escape((say("DRILL") + " · " if run.drill else "") + run.title)


def _who(run: Run) -> str:
    if run.approved_by:
        return say("{asked}, approved by {approved}", asked=user(run.requested_by), approved=user(run.approved_by))
    return user(run.requested_by)


def entry_answer(entry: Entry, link: str | None) -> Answer:
    """One in full; `link` leads to its card."""
    lines = [line for line in _entry_lines(entry) if line]
    card = [section(say("<{link}|View run>", link=link))] if link else []
    title = f"*{entry.run.id} · {_title(entry.run)}*"
    return shorten("\n".join([title, *lines]).replace("*", ""), TEXT_LIMIT), (section(title), *chunks(lines), *card)


def _entry_lines(entry: Entry) -> list[str]:
    run = entry.run
    return [
        say("Result: {sign} *{verdict}*", sign=_SIGNS[entry.verdict], verdict=verdict_words(entry)),
        escape(stood_words(run, entry.periods)),
        say("Requested by {who} {time}", who=user(run.requested_by), time=when(run.created_at, DATE)),
        say("Approved by {who}", who=user(run.approved_by)) if run.approved_by else "",
        _started(entry),
        _live_since(entry),
        say("Services: {names}", names=listing(list(run.targets), most=10)) if run.targets else "",
        say("Deployments: {what}", what=escape(listing([f"{s} → {_named(entry, d)}" for s, d in entry.moved.items()])))
        if entry.moved else "",
        *_change_lines(entry),
        say("Fix for incident {id}", id=entry.fixes) if entry.fixes else "",
        *(say("Override of {gate} by {who}: {why}", gate=gate, who=user(each.by), why=escape(each.why))
          for gate, each in entry.overrides.items()),
        *(say("{phase}: {time}", phase=escape(title), time=span(took)) for title, took in entry.phases),
    ]  # fmt: skip


def _started(entry: Entry) -> str:
    if entry.run.started_at is None:
        return ""
    began = when(entry.run.started_at, DATE)
    if entry.lasted is None:
        return say("Started {time}, in progress", time=began)
    return say("Started {time}, took {lasted}", time=began, lasted=span(entry.lasted))


def _live_since(entry: Entry) -> str:
    """From when until when it was seen live; empty for what never was."""
    if entry.live_at is None:
        return ""
    if entry.over_at is None:
        return say("Live since {time}", time=when(entry.live_at, DATE))
    return say("Live from {time} until {end}", time=when(entry.live_at, DATE), end=when(entry.over_at, DATE))


def _change_lines(entry: Entry) -> list[str]:
    commits = entry.facts.commits
    lines = [f"• {escape(shorten(each, 100))}" for each in commits[:10]]
    total = len(commits) + entry.facts.more
    if total > len(lines):
        lines.append(say("• and {count} more", count=total - len(lines)))
    migrations = entry.facts.migrations
    names = escape(listing(migrations, most=10)) if migrations else ""
    return [commit_range(entry), *lines, say("Migrations: {names}", names=names) if names else ""]


def commit_range(entry: Entry) -> str:
    """`Commits 1234567..89abcde (3)`; empty when nothing is known of them."""
    old, new = (entry.facts.live or "")[:7], (entry.sha or "")[:7]
    if not new:
        return ""
    if old == new:
        return say("Commit {sha}, already live", sha=new)
    count = len(entry.facts.commits) + entry.facts.more
    return say("Commits {old}..{new} ({count})", old=old, new=new, count=count) if old else say("Commit {sha}", sha=new)


def _named(entry: Entry, deployment: str) -> str:
    """`c0ffee0 (dpl_1)`, as one finds it at Vercel."""
    commit = entry.commits.get(deployment, deployment)
    return deployment if commit == deployment else f"{commit} ({deployment})"


def announcement(entry: Entry, took: str, left: str, link: str | None) -> str:
    """How a deploy or rollback ended, for the channel where deploys are talked about.

    `took`: how long, in words; `left`: what is not taken back.
    """
    moved = listing([f"{service} → {entry.commits.get(each, each)}" for service, each in entry.moved.items()])
    run = entry.run
    after = ", " + say("took {time}", time=escape(took)) if took else ""
    parts = [
        say("{sign} *{title}* (run {id}): {verdict}{after}.", sign=_SIGNS[entry.verdict], title=_title(run), id=run.id,
            verdict=verdict_words(entry), after=after),
        say("Requested by {who}.", who=_who(run)),
        f"{commit_range(entry)}." if entry.sha else "",
        escape(stood_words(run, entry.periods)),
        _live_words(entry, escape(moved)) if moved else "",
        escape(left),
        say("<{link}|View>", link=link) if link else "",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


def _live_words(entry: Entry, moved: str) -> str:
    return say("Live: {what}.", what=moved) if entry.over_at is None else say("Was live: {what}.", what=moved)
