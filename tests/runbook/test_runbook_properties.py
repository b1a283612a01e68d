"""Whatever the text, a runbook is loaded or refused with places; nothing else is ever raised."""

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torture import often

from bot.runbook.base import duration_text, parse_duration
from bot.runbook.load import bundled_path, parse
from bot.runbook.model import Runbook
from bot.runbook.problems import RunbookError

BUNDLED = bundled_path().read_text(encoding="utf-8")
LINES = BUNDLED.splitlines(keepends=True)
QUICK = settings(max_examples=often(60, 4000), deadline=None, suppress_health_check=list(HealthCheck))
FEWER = settings(QUICK, max_examples=often(20, 1200))

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["${X}", "{ref}", "15m"]),
)
names = st.sampled_from([*Runbook.model_fields, "schema", "id", "title", "phases", "steps", "kind", "text", "default"])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=5), inner, max_size=6)
)


def attempt(text: str) -> None:
    try:
        parse(text, source="any.yml", env={})
    except RunbookError as error:
        refused = error
    else:
        return
    last = text.count("\n") + text.count("\r") + 2
    assert refused.problems
    assert all(1 <= each.line <= last or not text.isascii() for each in refused.problems)
    assert all(str(each).startswith(f"any.yml:{each.line}: ") for each in refused.problems)
    assert len(str(refused).splitlines()) == len(refused.problems)


@QUICK
@given(st.text(st.characters(), max_size=200))
def test_any_text_is_loaded_or_refused(text: str) -> None:
    attempt(text)


@QUICK
@given(st.lists(st.sampled_from(list("abc01:-{}[]&*!|>'\"#%,? \n\t<~@`.\\")), max_size=80).map("".join))
def test_any_yaml_like_text_is_loaded_or_refused(text: str) -> None:
    attempt(text)


@QUICK
@given(st.dictionaries(names, values, max_size=8))
def test_any_yaml_document_is_loaded_or_refused(document: dict[str, object]) -> None:
    attempt(yaml.safe_dump(document, allow_unicode=True))


@FEWER
@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1))
def test_the_bundled_runbook_with_a_line_out_of_place_is_loaded_or_refused(source: int, target: int) -> None:
    attempt("".join([*LINES[:target], LINES[source], *LINES[target + 1 :]]))


@FEWER
@given(st.integers(0, len(BUNDLED) - 1), st.integers(1, 40))
def test_the_bundled_runbook_with_a_hole_is_loaded_or_refused(start: int, length: int) -> None:
    attempt(BUNDLED[:start] + BUNDLED[start + length :])


@FEWER
@given(st.integers(0, len(LINES) - 1), values)
def test_any_value_in_any_field_is_loaded_or_refused(index: int, value: object) -> None:
    head, colon, _ = LINES[index].partition(": ")
    flow = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True).split("\n...")[0].strip()
    attempt("".join([*LINES[:index], f"{head}{colon}{flow}\n", *LINES[index + 1 :]]))


@QUICK
@given(
    st.timedeltas().filter(lambda each: 0 <= each.days < 10**6).map(lambda each: each - each % type(each)(seconds=1))
)
def test_a_duration_is_read_as_it_was_written(duration: object) -> None:
    assert parse_duration(duration_text(duration)) == duration  # type: ignore[arg-type]
