"""What people type at three in the morning, on a phone: understood, or refused in words before anything is there."""

from pathlib import Path

from whole.runbooks import INCIDENT, runbook
from whole.workspace import Workspace


async def test_a_sentence_with_an_option_in_it_is_a_real_incident(workspace: Workspace) -> None:
    title = "Nightly job fails since the --drill option was dropped"
    room = await workspace.declare(f"p1 {title}")
    incident = await workspace.read(lambda tx: tx.incidents.get(1))
    assert incident
    assert (incident.title, incident.drill) == (title, False)
    await room.hears("you are needed")
    assert "declared by" in workspace.slack.messages("incidents")[0].text


DRILLS = (
    "--drill p1 Checkout", "–drill P1: Checkout", "p1 —drill Checkout", "P1\u00a0Checkout ––Drill\n",
    "p1 Checkout\n--drill", "p1: Checkout –DRILL\u200b",
)  # fmt: skip


async def test_a_drill_is_one_however_a_phone_writes_it(workspace: Workspace) -> None:
    for text in DRILLS:
        assert "DRILL" in await workspace.alice.types(f"/incident {text}")
    found = await workspace.read(lambda tx: tx.incidents.find())
    assert [(each.title, each.drill) for each in found] == [("Checkout", True)] * len(DRILLS)
    await workspace.settled()
    assert not workspace.slack.messages("incidents")


async def test_a_severity_alone_declares_at_once(workspace: Workspace) -> None:
    assert "declared" in await workspace.alice.types("/incident p1")
    incident = await workspace.read(lambda tx: tx.incidents.get(1))
    assert incident
    assert incident.title == workspace.bot.domain.runbook.severity("p1").impact


REFUSED = {
    "/incident p1 --dril Checkout": "Did you mean `--drill`",
    "/deploy lock 99x foo": "`99x` looks like a time",
    "/deploy freeze the shop moves for 2h": "comes after the reason",
    "/deploy lock until the shop moved": "looks like a time",
    "/deploy freeze 0h foo": "at most a year",
    "/deploy lock 2h": "A reason is required",
    "/deploy lock -t 2h foo": "looks like a time",
    "/deploy freeze --ttl forever foo": "looks like an option",
    "/deploy lock 2h -x foo": "looks like an option",
    "/deploy all all": "`all` and `all` are both targets",
    "/deploy api web": "`api` and `web` are both targets",
    "/deploy api main --fix 99": "There is no incident 99.",
    "/deploy api main --fix ²": "Write which incident",
    "/deploy api a..b": "two dots in a row",
    "/deploy api main --force": "is not an option of /deploy",
    "/rollback all all": "`all` and `all` are both targets",
    "/rollback api web": "`api` and `web` are both targets",
    "/rollback api abc": "abc is not a deployment",
    "/rollback database now": "takes no arguments",
    "/rollback all --emergency dpl_1": "would be ignored",
    "/deploy history x": "Which run?",
    "/deploy lok 2h Checkout is down": "Did you mean `/deploy lock`?",
    "/deploy api main now": "Too many arguments",
    "/incident 7 p1 Checkout is down": "without a number, declares a new incident",
    "/incident p1 --dry-run Checkout": "There is `--drill`, to practise",
    "/incident p1 Checkout —practice": "There is `--drill`, to practise",
    "/incident p1 help": "*/incident*  Declare and manage incidents",
    "/incident P1: ?": "*/incident*",
    "/incident help p1": "*/incident*",
    "/incident p1 --drill ajuda": "*/incident*",
    "/incident declare p1 Help": "*/incident*",
    "/incident p1 --help": "*/incident*",
    "/incident p1 –h": "*/incident*",
    "/deploy lock help": "*/deploy*",
    "/deploy help lock": "*/deploy*",
    "/deploy freeze ?": "*/deploy*",
    "/rollback api help": "*/rollback*",
    "/incident P1:Checkout is down": "Put a space after `p1`",
    "/deploy lock 500s everywhere": "`500s` looks like a time",
    "/incident declare foo": "/incident declare does not know",
}


async def test_what_is_not_understood_is_refused_before_anything_is_there(workspace: Workspace) -> None:
    for text, words in REFUSED.items():
        assert words in await workspace.alice.types(text), text
    there = await workspace.read(lambda tx: (tx.runs.find(), tx.incidents.find(), tx.holds.find(), tx.cards.find()))
    assert there == ([], [], [], [])


CALLS = ("Help: checkout is down", "need help", "help us", "Checkout is down, help", "why is checkout down ?")


async def test_a_title_with_the_word_help_in_it_is_declared(workspace: Workspace) -> None:
    for title in CALLS:
        assert "declared" in await workspace.alice.types(f"/incident p1 {title}")
    found = await workspace.read(lambda tx: tx.incidents.find())
    assert tuple(each.title for each in found) == CALLS


async def test_a_number_behind_a_word_is_the_incident_that_is_meant(workspace: Workspace) -> None:
    await workspace.declare("p1 Checkout is down")
    second = await workspace.declare("p2 Search is slow")
    assert "Incident 1 is closed." in await workspace.alice.types("/incident close 1", second.id)
    for text in ("close now", "2 status please", "resolve 1", "reopen 1 2"):
        assert "Nothing was done." in await workspace.alice.types(f"/incident {text}", second.id)
    open_now = await workspace.read(lambda tx: [each.id for each in tx.incidents.find() if not each.closed_at])
    assert open_now == [2]


async def test_a_lock_is_taken_over_for_a_time(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock the shop moves")
    assert "until" in await workspace.alice.types("/deploy lock 2h —steal the API moves first")
    hold = await workspace.read(lambda tx: tx.holds.find()[0])
    assert (hold.reason, bool(hold.expires_at)) == ("the API moves first", True)


async def test_a_fix_is_of_an_incident_that_is_real_and_not_over(workspace: Workspace) -> None:
    await workspace.declare("p1 Checkout is down --drill")
    await workspace.declare("p1 Checkout is down")
    await workspace.alice.types("/incident 2 close")
    for number, why in ((1, "is a drill"), (2, "is closed")):
        assert f"Incident {number} {why}" in await workspace.bruno.types(f"/deploy api main --fix {number}")
    assert await workspace.read(lambda tx: tx.runs.find(kind="deploy")) == []


BRANCHES = ("x+y", "dependabot/npm_and_yarn/@types/node-22", "fix#12", "feature/ação", "r&d")


async def test_a_branch_is_asked_for_by_its_name_whatever_slack_makes_of_it(workspace: Workspace) -> None:
    for number, ref in enumerate(BRANCHES, 1):
        assert "is waiting for its checklist" in await workspace.bruno.types(f"/deploy api {ref}")
        assert (await workspace.run(number)).inputs.ref == ref


async def test_a_lock_ends_when_it_was_said_to(workspace: Workspace) -> None:
    answer = await workspace.bruno.types("/deploy lock 1.5 hours: the shop moves")
    hold = await workspace.read(lambda tx: tx.holds.find()[0])
    assert hold.expires_at
    assert ((hold.expires_at - hold.taken_at).total_seconds(), hold.reason) == (5400, "the shop moves")
    assert "until" in answer
    assert "(America/Sao_Paulo)" in answer


SEVERITIES = [
    {"id": name, "title": name.capitalize(), "impact": "X", "response": "1h", "rank": rank, "procedure": "p1"}
    for rank, name in enumerate(("sev1", "data_loss", "list", "p2"), 1)
]


NAMED = {
    "sev1 Checkout": "sev1", "p1 Checkout": "sev1", "data-loss Checkout": "data_loss", "dataloss x": "data_loss",
    "list Checkout is down": "list", "declare list": "list", "sev2 x": "p2",
}  # fmt: skip


async def test_every_severity_of_a_runbook_can_be_named(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(runbook([INCIDENT], severities=SEVERITIES), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    for text in NAMED:
        assert "declared" in await workspace.alice.types(f"/incident {text}")
    assert await workspace.read(lambda tx: [each.severity for each in tx.incidents.find()]) == [*NAMED.values()]
    assert "7 open or resolved incidents" in await workspace.alice.types("/incident list")
    assert "is DATA_LOSS now" in await workspace.alice.types("/incident 1 severity data-loss")
