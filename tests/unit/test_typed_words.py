"""What Slack escapes is read as it was typed; severities, numbers, targets and deployments are known by their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from handlers.slack.deploys.arguments import Wanted, read_deploy
from handlers.slack.incidents.command import TOPICS, _declared
from handlers.slack.parsing.severities import severity_named
from handlers.slack.parsing.text import as_typed, bare, first_word, plain, take_number, tidy, unquoted
from handlers.slack.rollbacks.arguments import check_deployment, check_reason, read_emergency, read_rollback

TYPED = [
    ("fix#12", "fix#12"), ("fix<#C012|12>", "fix#12"), ("<#C012|devops> is loud", "#devops is loud"),
    ("<#C012>", "<#C012>"), ("a &amp; b &lt;c&gt;", "a & b <c>"), ("&amp;lt;", "&lt;"), ("&amp;amp;", "&amp;"),
    ("<https://x.example/a>", "https://x.example/a"), ("<https://x.example|x.example>", "x.example"),
    ("<http://x.example/|x.example>", "x.example"), ("<mailto:a@b.example|a@b.example>", "a@b.example"),
    ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
    ("<https://evil.example|our status page>", "our status page (https://evil.example)"),
    ("<!here> <!channel> <!everyone>", "@here @channel @everyone"), ("<!here|here>", "@here"),
    ("<!subteam^S012|@oncall>", "@oncall"), ("&lt;!channel&gt;", "<!channel>"),
    ("dependabot/npm_and_yarn/@types/node-22", "dependabot/npm_and_yarn/@types/node-22"),
    ("<@U012|ana> and <@W99>", "<@U012|ana> and <@W99>"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "typed"), TYPED)
def test_what_slack_escaped_is_undone(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed


@given(st.text(st.characters(exclude_characters="<>", exclude_categories=("Cs",))))
def test_plain_text_comes_back_as_it_was_typed(text: str) -> None:
    sent = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert as_typed(sent) == text


def test_mentions_become_the_names_that_were_typed_or_are_known() -> None:
    known = {"U01ALICE": "Alice"}
    assert plain("a/<@U09|types>/b, <@U01ALICE>, <@U02>", known.get) == "a/@types/b, @Alice, <@U02>"


@pytest.mark.parametrize(
    "space", ["\u00a0", "\u202f", "\u3000", "\u2003", "\n", "\r\n", "\t", "\u2028", "\u200b ", " \ufeff"]
)
def test_words_are_split_at_whatever_space(space: str) -> None:
    assert first_word(f"{space}P1{space}Checkout{space}is down{space}")[0] == "p1"
    assert take_number(f"{space}#7{space}status")[0] == 7


@pytest.mark.parametrize("word", ["p1", "P1", "ｐ１", "p\u200b1", "\u2060p1", "p1\ufeff", "P1\u200e"])
def test_a_word_is_compared_without_what_cannot_be_seen(word: str) -> None:
    assert bare(word) == "p1"
    assert first_word(f"{word} x") == ("p1", "x")


@pytest.mark.parametrize(
    ("text", "without"),
    [('"x y"', "x y"), ("“x y”", "x y"), ("‘x’", "x"), ("«x»", "x"), ("„x“", "x"), ('"x', '"x'), ("it's", "it's"),
     ('x "y"', 'x "y"'), ('"', '"'), ("", "")],
)  # fmt: skip
def test_quotes_around_all_of_it_are_no_part_of_it(text: str, without: str) -> None:
    assert unquoted(text) == without


def test_a_field_is_read_without_what_a_phone_adds() -> None:
    assert tidy(" 2026–11–23\u00a0 03:10\u200b\n") == "2026-11-23 03:10"


NEONPRO = ("p1", "p2", "p3", "security", "outage", "data-loss")
OTHERS = ("sev1", "sev2", "data_loss", "p1", "list", "note")
NAMED = [
    ("p1", NEONPRO, "p1"), ("P1", NEONPRO, "p1"), ("p1:", NEONPRO, "p1"), ("P1,", NEONPRO, "p1"),
    ("p1—", NEONPRO, "p1"),
    ("sev1", NEONPRO, "p1"), ("SEV-1", NEONPRO, "p1"), ("sev_2", NEONPRO, "p2"), ("s3", NEONPRO, "p3"),
    ("severity1", NEONPRO, "p1"), ("data–loss", NEONPRO, "data-loss"),
    ("data_loss", NEONPRO, "data-loss"), ("dataloss", NEONPRO, "data-loss"),
    ("Data-Loss", NEONPRO, "data-loss"), ("sev4", NEONPRO, None), ("list", NEONPRO, None), ("", NEONPRO, None),
    ("sev1", OTHERS, "sev1"), ("data_loss", OTHERS, "data_loss"), ("data-loss", OTHERS, "data_loss"),
    ("p1", OTHERS, "p1"), ("p2", OTHERS, "sev2"), ("list", OTHERS, "list"), ("note", OTHERS, "note"),
    ("data-loss", ("data-loss", "data_loss"), "data-loss"), ("data_loss", ("data-loss", "data_loss"), "data_loss"),
    ("dataloss", ("data-loss", "data_loss"), None), ("p1", ("sev1", "sev-1"), "sev1"), ("p1", ("sev-1",), "sev-1"),
    ("p1", ("p-1", "p1"), "p1"), ("sev1", ("p1", "sev1"), "sev1"), ("critical", ("critical",), "critical"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "ids", "meant"), NAMED)
def test_a_severity_is_known_by_its_id_else_by_what_it_is_usually_called(
    word: str, ids: tuple[str, ...], meant: str | None
) -> None:
    assert severity_named(word, ids) == meant


@given(st.lists(st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True), min_size=1, unique=True))
def test_every_id_of_a_runbook_names_itself(ids: list[str]) -> None:
    assert [severity_named(each.upper(), ids) for each in ids] == ids


@pytest.mark.parametrize(
    ("word", "rest", "number", "declared"),
    [("list", "", None, None), ("list", "Checkout is down", None, "list"), ("note", "a text", None, None),
     ("p1", "", None, "p1"), ("p1", "", 7, None), ("status", "x", None, None)],
)  # fmt: skip
def test_a_severity_called_like_a_word_of_the_command_can_be_named(
    word: str, rest: str, number: int | None, declared: str | None
) -> None:
    assert _declared(word, rest, number, [*OTHERS], TOPICS) == declared


DEPLOYS = [
    ("", Wanted("all")), ("api", Wanted("api")), ("API", Wanted("api")), ("api main", Wanted("api")),
    ("api v1.2.3+build.7", Wanted("api", "v1.2.3+build.7")), ("api Feature/X", Wanted("api", "Feature/X")),
    ("api --dry-run", Wanted("api", dry_run=True)), ("--dry-run api x", Wanted("api", "x", dry_run=True)),
    ("api —dry-run x", Wanted("api", "x", dry_run=True)), ("--dry-run", Wanted("all", dry_run=True)),
    ("api x --fix 7", Wanted("api", "x", fixes=7)), ("api x —fix #7", Wanted("api", "x", fixes=7)),
    ("api --fix=7 x", Wanted("api", "x", fixes=7)), ("api x ––Fix 7 --dry-run", Wanted("api", "x", True, 7)),
    ("api\u00a0x\u200b\n", Wanted("api", "x")), ("api fix#12", Wanted("api", "fix#12")),
    ("api “main”", Wanted("api", "main")), ("api 'x/y'", Wanted("api", "x/y")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), DEPLOYS)
def test_a_deploy_is_read(text: str, wanted: Wanted) -> None:
    assert read_deploy(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [("api main now", "Too many arguments"), ("api x --fix", "Write which incident"),
     ("--fix 7", "Write which incident"),
     ("api x --fix ²", "Write which incident"), ("api x --fix 99999999999", "Write which incident"),
     ("api x --fix 1 --fix 2", "Write which incident"), ("api x --force", "is not an option of /deploy"),
     ("api --dryrun", "is not an option of /deploy"), ("api x --dry-run=1", "is not an option of /deploy"),
     ("api a..b", "two dots in a row"), ("api -x", "begins with a dash")],
)  # fmt: skip
def test_a_deploy_that_is_not_understood_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        read_deploy(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [("", ("all", None)), ("API", ("api", None)), ("api dpl_1", ("api", "dpl_1")), ("Database", ("database", None)),
     ("web\nx.vercel.app", ("web", "x.vercel.app"))],
)  # fmt: skip
def test_a_rollback_is_read(text: str, read: tuple[str, str | None]) -> None:
    assert read_rollback(text) == read


@pytest.mark.parametrize("text", ["api dpl_1 now", "database now", "database dpl_1"])
def test_a_rollback_with_too_many_words_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"Too many arguments|takes no arguments"):
        read_rollback(text)


@pytest.mark.parametrize(
    ("text", "emergency", "left"),
    [("all --emergency", True, "all"), ("all --emergency checkout is down", True, "all checkout is down"),
     ("--emergency", True, ""), ("—emergency api", True, "api"), ("api it burns --Emergency", True, "api it burns"),
     ("all after the --emergency flag failed", False, "all after the --emergency flag failed"), ("", False, "")],
)  # fmt: skip
def test_an_emergency_is_said_before_or_behind_the_target_or_at_the_end(text: str, emergency: bool, left: str) -> None:
    assert read_emergency(text) == (emergency, left)


@pytest.mark.parametrize(
    "word", ["abc", "main", "4f2c9d1", "dpl_", "dpl_a b", "https://", "x", "dpl-1", ".app", "a..b"]
)
def test_what_is_no_deployment_is_refused(word: str) -> None:
    with pytest.raises(Refusal, match="is not a deployment"):
        check_deployment(word)


@pytest.mark.parametrize(
    "word", [None, "dpl_8k2", "x.vercel.app", "https://x-y1.vercel.app/", "https://x.vercel.app", "neonpro.example"]
)
def test_a_deployment_is_an_id_or_an_address(word: str | None) -> None:
    check_deployment(word)


@pytest.mark.parametrize("reason", ["dpl_1", "dpl_1 is good", "x.vercel.app", "web", "all"])
def test_an_emergency_that_names_where_to_is_asked_about(reason: str) -> None:
    with pytest.raises(Refusal, match="would be ignored"):
        check_reason(reason, ["api", "web"])


@pytest.mark.parametrize("reason", ["", "web is down", "all of it burns", "checkout is down"])
def test_an_emergency_has_a_reason(reason: str) -> None:
    check_reason(reason, ["api", "web"])
