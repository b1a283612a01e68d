"""What this machine holds: settings, database, disk, the checkout and its programs."""

from collections.abc import Callable, Collection, Iterable, Sequence
from importlib.util import find_spec

from bot.integrations.report import Finding, broken, limited, well
from bot.runbook.model import Runbook
from bot.runbook.steps import Step
from bot.settings import Settings, Sifted

LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000
"""Free bytes under which the disk is a warning, and under which it is a fault."""


def on_settings(sifted: Sifted, on_file: Sequence[str] = ()) -> list[Finding]:
    """What is wrong with the `.env` file; which settings are set, left out, unknown or wrong; never a value."""
    settings, invalid = sifted.settings, sifted.invalid
    given, left_out = _given(settings)
    mend = "Fix it in the environment or in .env."
    findings = [broken("{fault}", mend, fault=fault) for fault in (*on_file, *sifted.unknown)]
    findings += [broken("{name} is invalid: {why}.", mend, name=name, why=why) for name, why in invalid.items()]
    findings += [well("set: {names}", names=", ".join(given))] if given else []
    findings += [well("not set: {names}", names=", ".join(name for name in left_out if name not in invalid))]
    return [*findings, *_needed(settings), *_wanted(settings), *on_cluster(settings, find_spec)]


def _given(settings: Settings) -> tuple[list[str], list[str]]:
    given: list[str] = []
    left_out: list[str] = []
    for name, info in type(settings).model_fields.items():
        (left_out if getattr(settings, name) == info.default else given).append(str(info.validation_alias))
    return given, left_out


def _needed(settings: Settings) -> list[Finding]:
    findings = []
    if settings.slack_bot_token is None:
        mend = "Install the app from manifest.yml, and copy the Bot User OAuth Token (xoxb-…) from Install App."
        findings.append(broken("SLACK_BOT_TOKEN is not set.", mend))
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        mend = "Make an app-level token (xapp-…) with connections:write under Basic Information, for Socket Mode."
        findings.append(broken("Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.", mend))
    elif settings.slack_app_token is None and not settings.web_port:
        mend = "Set NEONOPS_WEB_PORT to the port that Slack's request URL leads to."
        findings.append(broken("HTTP mode has no port.", mend))
    return findings


def _wanted(settings: Settings) -> list[Finding]:
    findings = []
    if settings.vercel_token is None:
        mend = "Set VERCEL_TOKEN (and VERCEL_TEAM_ID for a team)."
        findings.append(limited("Without Vercel nothing can be deployed or rolled back.", mend))
    if (settings.supabase_access_token is None) != (settings.supabase_project_ref is None):
        mend = "Set both SUPABASE_ACCESS_TOKEN and SUPABASE_PROJECT_REF."
        findings.append(limited("Supabase is only partly configured, so it is not used.", mend))
    if not settings.web_port and (settings.public_url or settings.pagerduty_webhook_secret):
        mend = "Set NEONOPS_WEB_PORT: NEONOPS_PUBLIC_URL and PAGERDUTY_WEBHOOK_SECRET are about it."
        findings.append(limited("Pagers cannot answer: there is no web port.", mend))
    if settings.neonpro_database_url is None and settings.supabase_access_token is None:
        mend = "Set NEONPRO_DATABASE_URL with a read-only role."
        findings.append(limited("Database checks cannot run.", mend))
    return findings


def on_cluster(settings: Settings, find: Callable[[str], object]) -> list[Finding]:
    """Whether this process can share its database with other replicas; `find` finds an installed module."""
    if not settings.cluster:
        return []
    if settings.database.startswith("sqlite"):
        mend = "Set NEONOPS_DATABASE_URL to postgresql://…, or leave NEONOPS_CLUSTER out."
        return [broken("NEONOPS_CLUSTER needs PostgreSQL.", mend)]
    if find("procrastinate") is None:
        return [broken("NEONOPS_CLUSTER needs an extra.", "pip install 'neonops[cluster]'")]
    if settings.slack_app_token is not None:
        return [well("one of several replicas on PostgreSQL (at most ten, each with its own Slack connection)")]
    return [well("one of several replicas on PostgreSQL")]


def on_schema(current: str | None, head: str | None, known: Collection[str]) -> Finding:
    """The database's schema against this program's."""
    if current is None:
        return well("database: empty; the first start creates the schema")
    if current == head:
        return well("database: schema {current}, up to date", current=current)
    if current in known:
        return well("database: schema {current}; the next start migrates it to {head}", current=current, head=head)
    mend = "Start the newer NeonOps again, or restore the copy made before the upgrade."
    return broken("The database has schema {current}, newer than this program's {head}.", mend,
                  current=current, head=head)  # fmt: skip


def on_space(free: int, place: object) -> Finding:
    """Free bytes in the data directory."""
    shown = f"{free / 1e9:.1f} GB"
    mend = "Free space, or move NEONOPS_DATA_DIR."
    if free < NO_SPACE:
        return broken("The disk of {place} is full ({free} free).", mend, place=place, free=shown)
    if free < LITTLE_SPACE:
        return limited("The disk of {place} is nearly full ({free} free).", mend, place=place, free=shown)
    return well("data directory: {place}, {free} free", place=place, free=shown)


def command_steps(runbook: Runbook) -> list[Step]:
    """Every step that runs programs."""
    steps = (step for procedure in runbook.procedures for _, step in procedure.steps())
    return [step for step in steps if step.programs]


def programs(steps: Iterable[Step]) -> list[str]:
    """The programs that the steps need."""
    return sorted({name for step in steps for name in step.programs})


def on_programs(named: Sequence[str], found: Collection[str]) -> Finding:
    """The programs that steps run; `found` are those on PATH."""
    missing = [name for name in named if name not in found]
    if missing:
        mend = "Install them, or fix PATH for the process that runs NeonOps."
        return broken("Not on PATH: {names}.", mend, names=", ".join(missing))
    return well("programs of the shell steps: {names}", names=", ".join(named))


def on_variables(steps: Iterable[Step], environ: Collection[str]) -> list[Finding]:
    """The environment variables that the steps need."""
    named = {name for step in steps for name in step.variables}
    missing = sorted(name for name in named if name not in environ)
    mend = "Set them in the environment that NeonOps runs in, or in .env."
    return [limited("Shell steps need: {names}.", mend, names=", ".join(missing))] if missing else []
