"""Where YAML reads something else than was meant, that is said; and signs can be written as they are."""

# ruff: noqa: E501 - one mistake on each line

import pytest

from bot.runbook.load import parse
from bot.runbook.placeholders import fill_word, placeholders
from bot.runbook.problems import RunbookError

from .test_runbook_broken import SMALL

FETCH, READ = "            text: Fetch\n", "text: Read the change}"


def found(text: str) -> list[str]:
    try:
        loaded = parse(text, source="small.yml", env={})
    except RunbookError as error:
        return str(error).splitlines()
    return [str(each) for each in (*loaded.doubts, *loaded.warnings)]


CUT = (
    "procedures.deploy.phases[0].steps[1].text: {}it ends before the #, where a comment begins: put the text in quotes"
)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Fix #12", CUT.format("")),
        ("Post to #incidents", CUT.format("")),
        ("Press # twice", CUT.format("warning: ")),
        ("'Fix #12'", None),
        ('"Fix #12"', None),
        ("Fix#12", None),
        ("Fetch  # from origin", None),
        ("Fetch\n            # from origin", None),
    ],
)
def test_a_text_that_a_comment_cuts_off_is_noticed(written: str, said: str | None) -> None:
    messages = found(SMALL.replace(FETCH, f"            text: {written}\n"))
    assert [each.startswith(f"small.yml:31: {said}") for each in messages] == ([True] if said else [])


def test_a_comment_behind_what_is_no_text_is_one() -> None:
    assert found(SMALL.replace("timeout: 2m\n", "timeout: 2m #was 5m\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (FETCH, "            text: Call: the CTO\n", "31: line 31, column 23: not YAML: mapping values are not allowed in this context; a text that holds ': ' goes in quotes"),
        (READ, "text: Call: the CTO}", "28: line 28, column 34: not YAML: did not find expected ',' or '}'; a text that holds ': ', ' #' or a bracket"),
        (READ, "text: Fix #12}", "28: line 28, column 34: not YAML: did not find expected ',' or '}'; what follows # is a comment, also the bracket"),
        (READ, "text: Read it, then go}", "28: procedures.deploy.phases[0].steps[0].then go: 'then go' is not a field here; a text that holds a comma or a colon goes in quotes"),
        (FETCH, "            text: @alice fetches\n", "31: line 31, column 19: not YAML: found character that cannot start any token; a text that begins with @, ` or % goes in quotes"),
        (FETCH, "            text: *important*\n", "a text that begins with * or & goes in quotes"),
        (FETCH, "            text: [urgent] fetch\n", "a text that begins with a quotation mark or a bracket goes in quotes as a whole"),
        (FETCH, "            text: > 5 % errors\n", "a text that begins with > or | goes in quotes"),
        (FETCH, "            text: - fetch\n", "a text that begins with - goes in quotes"),
        (FETCH, "            text: ? fetch\n", "a text that begins with ? goes in quotes"),
        ("frequency: Monthly", "frequency: Monthly #1", "maintenance.frequency: it ends before the #"),
        ("schedule_heading: Windows", "schedule_heading: Windows #1", "maintenance.schedule_heading: it ends before the #"),
        ("permissions:", "headings:\n  - One #1\npermissions:", "headings[0]: it ends before the #"),
        (FETCH, "\t    text: Fetch\n", "not YAML: a tab; indent with spaces"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_yaml_is_said_how_to_write(old: str, new: str, said: str) -> None:
    (message,) = found(SMALL.replace(old, new, 1))
    assert said in message


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("$${API_URL}", "${API_URL}"),
        ("$${NOBODY}", "${NOBODY}"),
        ("a ${API_URL} $${API_URL}", "a https://api.example.com ${API_URL}"),
        ("$API_URL {x} $", "$API_URL {x} $"),
    ],
)
def test_a_variable_can_be_written_as_it_is(written: str, read: str) -> None:
    loaded = parse(SMALL.replace("text: Rows", f'text: "{written}"'), env={})
    assert (loaded.doubts, loaded.runbook.health_group("api").checks[1].text) == ((), read)


@pytest.mark.parametrize(
    ("word", "named", "filled"),
    [
        ("{ref}", ["ref"], "main"),
        ("a-{ref}-{run}", ["ref", "run"], "a-main-7"),
        ("{{ref}}", [], "{ref}"),
        ("%{{http_code}}", [], "%{http_code}"),
        ("{{.Names}} {{json .}}", [], "{{.Names}} {{json .}}"),
        ("${ref} {items[0]} {}", [], "${ref} {items[0]} {}"),
    ],
)
def test_a_placeholder_can_be_written_as_it_is(word: str, named: list[str], filled: str) -> None:
    assert placeholders(word) == named
    assert fill_word(word, {"ref": "main", "run": "7"}) == filled


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    assert fill_word("{ref} {{run}}", {"ref": "{run}", "run": "7"}) == "{run} {run}"


def test_braces_that_nobody_knows_are_told_with_the_way_to_write_them() -> None:
    (message,) = found(SMALL.replace("{ref}", "%{http_code}"))
    assert "'http_code' in braces is not known; allowed: ref, sha, target, run, data, {{http_code}} for the" in message
