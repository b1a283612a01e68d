"""What a button carries: everything that is written is read back, and everything else is refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.runs.checklist.items import GateRef, StepRef
from handlers.slack.blocks.references import (
    CandidateRef,
    ChannelRef,
    CommitRef,
    HealthRef,
    IncidentRef,
    Ref,
    RunRef,
    ShownRef,
    TargetRef,
    read_as,
    read_ref,
    write_ref,
)

numbers = st.integers(0, 2**31 - 1)
slugs = st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True)
refs = st.one_of(
    st.builds(StepRef, numbers, slugs, st.integers(0, 9999)),
    st.builds(GateRef, numbers),
    st.builds(RunRef, numbers),
    st.builds(IncidentRef, numbers),
    st.builds(CommitRef, numbers, st.sampled_from(["", "4f2c9d1" * 5 + "abcde"])),
    st.builds(CandidateRef, numbers, slugs.map(lambda each: each[:30]), st.just("dpl_" + "x" * 28)),
    st.builds(TargetRef, slugs, st.just("C0123456789")),
    st.builds(ChannelRef, st.sampled_from(["", "C0123456789"])),
)
scalars = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3) | st.sampled_from("sgricktn")
rubbish = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner))


@given(refs)
def test_a_reference_is_read_as_it_was_written(ref: Ref) -> None:
    assert read_as(type(ref), write_ref(ref)) == ref


@given(refs)
def test_a_reference_fits_into_the_value_of_an_option(ref: Ref) -> None:
    assert len(write_ref(ref)) <= 75


@given(st.text() | rubbish.map(json.dumps) | st.integers(0, 5000).map(lambda depth: "[" * depth))
def test_rubbish_is_refused_or_is_a_whole_reference(value: str) -> None:
    with contextlib.suppress(Refusal):
        ref = read_ref(value)
        assert all(type(each) in (int, str, tuple) for each in vars(ref).values())
        assert read_ref(write_ref(ref)) == ref


@pytest.mark.parametrize(
    "value",
    ["", "null", "7", '"g1"', "[]", '["x",1]', '["s",1,"a"]', '["s",1,"a",1,1]', '["s","1","a",1]', '["g","1"]',
     '["g",null]', '["g",1.5]', '["g",true]', '["g",[1]]', '["s",1,2,3]',
     '{"g":1}', '[["g"],1]', '["g",' + "9" * 30 + "]",
     '["g",-1]', "[" * 2000],
)  # fmt: skip
def test_what_this_bot_did_not_write_is_refused(value: str) -> None:
    with pytest.raises(Refusal, match="older NeonOps"):
        read_ref(value)


@pytest.mark.parametrize(
    ("earlier", "ref"),
    [("42", RunRef(42)), ("run:42", RunRef(42)), ("7", IncidentRef(7)), ("C0DEVOPS", ChannelRef("C0DEVOPS")),
     ("", ChannelRef("")), ("42:f00", ShownRef(42, "f00")), ("42|f00", ShownRef(42, "f00")),
     ("42|api|dpl_1", CandidateRef(42, "api", "dpl_1")), ("new:all:C0DEVOPS", TargetRef("all", "C0DEVOPS")),
     ("api,vendors", HealthRef(("api", "vendors")))],
)  # fmt: skip
def test_what_was_posted_earlier_is_still_read(earlier: str, ref: Ref) -> None:
    assert read_as(type(ref), earlier) == ref


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000])
@pytest.mark.parametrize(
    ("kind", "value"),
    [(RunRef, "{}"), (RunRef, "run:{}"), (IncidentRef, "{}"), (ShownRef, "{}:x"), (CandidateRef, "{}|api|dpl_1")],
)
def test_a_number_that_no_database_holds_is_refused(kind: type[Ref], value: str, number: str) -> None:
    with pytest.raises(Refusal, match="older NeonOps"):
        read_as(kind, value.format(number))


def test_a_reference_of_another_kind_is_refused() -> None:
    with pytest.raises(Refusal, match="older NeonOps"):
        read_as(RunRef, write_ref(IncidentRef(7)))


@given(st.lists(slugs).map(tuple))
def test_groups_of_checks_are_read_as_they_were_written(groups: tuple[str, ...]) -> None:
    assert read_as(HealthRef, write_ref(HealthRef(groups))) == HealthRef(groups)
