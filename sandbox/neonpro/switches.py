"""What a person can break in the practice NeonPro: one typed field for each switch of the page."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_type_hints

Reachable = Literal["up", "down", "unreachable"]
AliasJobs = Literal["work", "fail", "skip", "hang", "stay"]
Shown = Literal["all", "no git", "no substate"]
Answer = Literal["normal", "lost", "gone", "conflict", "limited", "broken", "queued"]
RestoreAnswer = Literal["normal", "lost"]
CreateAnswer = Literal["normal", "lost", "limited", "broken", "empty"]
Reads = Literal["normal", "limited", "broken", "unreachable"]
Vendor = Literal["none", "minor", "major", "critical", "maintenance", "unreachable"]
Metrics = Literal["normal", "no data", "no traffic", "stale", "many series", "broken", "unreachable"]
Reviews = Literal["approved", "missing", "changes", "own", "late"]
Checks = Literal["passing", "failing", "pending", "none"]
Scan = Literal["clean", "critical", "not scanned", "off", "forbidden"]
GitHubAnswer = Literal["normal", "limited", "broken", "unreachable", "renamed"]
Backups = Literal["fresh", "stale", "none"]

VENDORS = ("vercel", "supabase", "github", "cloudflare", "openai", "slack")


class UnknownSwitch(ValueError):
    """A switch that does not exist, or a value that it does not take; the message is fit to show."""


@dataclass(frozen=True)
class About:
    """What the page says of a switch; `most` is the largest value of a number."""

    group: str
    title: str
    text: str
    most: int = 0


@dataclass
class Switches:
    """The state of every switch. Setting a field acts at once; `on_set` hears the name of what was set.

    `database_away` blocks for about 0.1 s while PostgreSQL stops or starts.
    """

    api: Annotated[Reachable, About("Services", "API", "Down answers 503; unreachable closes the connection.")] = "up"
    web: Annotated[Reachable, About("Services", "Web", "Down answers 503; unreachable closes the connection.")] = "up"
    slow_ms: Annotated[int, About("Services", "Slow (ms)", "Delay of every service answer.", most=120_000)] = 0
    error_rate: Annotated[
        int, About("Services", "Error rate (%)", "This share of service answers is a 500.", most=100)
    ] = 0
    ai_fails: Annotated[bool, About("Services", "AI fails", "The AI provider is out: /ai and the chat fail.")] = False
    auth_fails: Annotated[bool, About("Services", "Auth fails", "Nobody can sign in: /auth fails.")] = False
    database_fails: Annotated[
        bool, About("Services", "Database check fails", "The API cannot use its database, though PostgreSQL is there.")
    ] = False

    api_release_bad: Annotated[
        bool, About("Deployments", "Live API release is broken", "What is live now fails; rolling back fixes it.")
    ] = False
    web_release_bad: Annotated[
        bool, About("Deployments", "Live web release is broken", "What is live now fails; rolling back fixes it.")
    ] = False
    next_build_bad: Annotated[
        bool,
        About("Deployments", "New builds are broken", "Builds made while this is on succeed, and answer with 500."),
    ] = False
    next_build_bad_live: Annotated[
        bool,
        About(
            "Deployments", "New builds fail when live", "They pass checks at their deployment URL, not with traffic."
        ),
    ] = False
    builds_protected: Annotated[
        bool,
        About("Deployments", "Builds are protected", "A build's own address answers 401 without the bypass secret."),
    ] = False
    build_fails: Annotated[bool, About("Deployments", "Builds fail", "Builds made while this is on end in ERROR.")] = (
        False
    )
    build_slow: Annotated[bool, About("Deployments", "Builds are slow", "Builds take ten times as long.")] = False
    alias_job: Annotated[
        AliasJobs,
        About("Deployments", "Moving traffic", "What becomes of jobs requested now; stay succeeds and moves nothing."),
    ] = "work"
    deployments_show: Annotated[
        Shown, About("Deployments", "Deployments show", "What Vercel leaves out of every deployment.")
    ] = "all"
    vercel_behind: Annotated[
        int, About("Deployments", "Vercel's clock (s behind)", "Its times are this much earlier than ours.", most=3600)
    ] = 0
    traffic_answer: Annotated[
        Answer,
        About(
            "Deployments",
            "Answer to promote and rollback",
            "lost and broken act first, gone never; queued is a 202; conflict is 409 already current; limited is 429.",
        ),
    ] = "normal"
    create_answer: Annotated[
        CreateAnswer,
        About(
            "Deployments",
            "Answer to a new deployment",
            "lost, broken and empty (201 without a body) act first; limited is 429.",
        ),
    ] = "normal"
    vercel_reads: Annotated[
        Reads, About("Deployments", "Vercel reads", "How Vercel's API answers what only reads.")
    ] = "normal"

    vercel: Annotated[Vendor, About("Vendors", "Vercel status", "What Vercel's status page says.")] = "none"
    supabase: Annotated[Vendor, About("Vendors", "Supabase status", "What Supabase's status page says.")] = "none"
    github: Annotated[Vendor, About("Vendors", "GitHub status", "What GitHub's status page says.")] = "none"
    cloudflare: Annotated[Vendor, About("Vendors", "Cloudflare status", "What Cloudflare's status page says.")] = "none"
    openai: Annotated[Vendor, About("Vendors", "OpenAI status", "What OpenAI's status page says.")] = "none"
    slack: Annotated[Vendor, About("Vendors", "Slack status", "What Slack's status page says.")] = "none"

    metrics: Annotated[
        Metrics, About("Metrics", "Prometheus", "Whether it has data; broken answers 503; unreachable hangs up.")
    ] = "normal"
    error_rate_seen: Annotated[
        int, About("Metrics", "Errors seen (%)", "What Prometheus says at least, beside the services' own.", most=100)
    ] = 0
    response_p95_ms: Annotated[
        int, About("Metrics", "Response time p95 (ms)", "What Prometheus says.", most=120_000)
    ] = 180
    cpu_percent: Annotated[int, About("Metrics", "CPU (%)", "What Prometheus says.", most=100)] = 35
    memory_percent: Annotated[int, About("Metrics", "Memory (%)", "What Prometheus says.", most=100)] = 48
    connections_percent: Annotated[
        int, About("Metrics", "Database connections (%)", "What Prometheus says.", most=100)
    ] = 12

    database_away: Annotated[bool, About("Database", "Database away", "PostgreSQL stops; connections are refused.")] = (
        False
    )
    backups: Annotated[Backups, About("Database", "Backups", "Point-in-time recovery: fresh, a day old, or off.")] = (
        "fresh"
    )

    restore_answer: Annotated[
        RestoreAnswer, About("Database", "Answer to a restore", "lost acts, and closes the connection.")
    ] = "normal"
    github_reviews: Annotated[
        Reviews, About("GitHub", "Reviews", "own = the author's alone; late = commits came after the approval.")
    ] = "approved"
    github_checks: Annotated[Checks, About("GitHub", "Checks", "What CI says of every commit.")] = "passing"
    github_scan: Annotated[Scan, About("GitHub", "Code scanning", "What code scanning has of every commit.")] = "clean"
    github_api: Annotated[
        GitHubAnswer, About("GitHub", "GitHub's API", "limited is a 403 with a reset; renamed redirects.")
    ] = "normal"

    tools_speed: Annotated[
        int, About("Checkout", "Tool time (%)", "How long the practice tools take; 0 is at once.", most=1000)
    ] = 100
    install_fails: Annotated[bool, About("Checkout", "Install fails", "`bun install` exits with 1.")] = False
    local_build_fails: Annotated[bool, About("Checkout", "Local build fails", "`bun run build` exits with 1.")] = False
    tests_fail: Annotated[bool, About("Checkout", "Tests fail", "`bun test` exits with 1.")] = False
    migration_fails: Annotated[
        bool, About("Checkout", "Migration fails", "`prisma migrate deploy` fails half-way.")
    ] = False
    tools_hang: Annotated[
        bool, About("Checkout", "Tools hang", "Every practice tool starts, then says nothing more.")
    ] = False
    tools_print_secret: Annotated[
        bool, About("Checkout", "Tools print secrets", "Practice tools print the database password and a token.")
    ] = False

    def __post_init__(self) -> None:
        self.on_set: Callable[[str], None] = lambda name: None

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name != "on_set" and "on_set" in self.__dict__:
            self.on_set(name)

    def set(self, name: str, value: Any) -> None:
        """Set one switch to a value from outside; raises UnknownSwitch when there is no such switch or value."""
        one = next((one for one in self.described() if one["id"] == name), None)
        if one is None:
            raise UnknownSwitch(f"There is no switch called {name}.")
        _check(one, value)
        setattr(self, name, value)

    def described(self) -> list[dict[str, Any]]:
        """The switches as the page shows them: id, group, title, kind, value, choices, text."""
        hints = _hints()
        return [_shown(one.name, getattr(self, one.name), hints[one.name]) for one in fields(self)]

    def vendor(self, name: str) -> Vendor:
        """What the status page of one vendor says. KeyError when it is not one of VENDORS."""
        if name not in VENDORS:
            raise KeyError(name)
        said: Vendor = getattr(self, name)
        return said


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(Switches, include_extras=True)


def _shown(name: str, value: Any, hint: Any) -> dict[str, Any]:
    kind, about = get_args(hint)
    shown = {"id": name, "group": about.group, "title": about.title, "text": about.text, "value": value}
    if kind is bool:
        return shown | {"kind": "toggle"}
    if kind is int:
        return shown | {"kind": "number", "most": about.most}
    return shown | {"kind": "choice", "choices": list(get_args(kind))}


def _check(one: dict[str, Any], value: Any) -> None:
    match one["kind"]:
        case "toggle" if type(value) is not bool:
            raise UnknownSwitch(f"{one['id']} is true or false.")
        case "number" if type(value) is not int or not 0 <= value <= one["most"]:
            raise UnknownSwitch(f"{one['id']} is a whole number from 0 to {one['most']}.")
        case "choice" if value not in one["choices"]:
            raise UnknownSwitch(f"{one['id']} is one of {', '.join(one['choices'])}.")
