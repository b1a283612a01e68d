"""Names of branches and tags are those that git allows."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deploys.commits.refs import LONGEST, check_name
from bot.errors import Refusal

GOOD = (
    "main", "x+y", "dependabot/npm_and_yarn/@types/node-22", "fix#12", "feature/ação", "v1.2.3+build.7", "4f2c9d1",
    "release/2026.11", "feat(api)", "a=b", "a,b", "user@host", "hotfix!", "it's", "50%", "r&d", "ünïcode", "日本語",
    "a_b",
    "a-b", "a.b", "1", "-".join("ab"), "renovate/major-react", "bugfix/JIRA-1_foo", "a/b/c/d", "π", "🚀",
    "HEAD2", "locks", "a.locked", "@a", "a@b", "tag~".rstrip("~"), "x" * 200,
)  # fmt: skip
BAD = (
    "", " ", "a b", "a\tb", "a..b", "..", "../x", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "-a",
    "--upload-pack=x", "a~1", "a^", "a^{}", "a:b", "a?", "a*", "a[b", "a\\b", "@", "a\x00b", "a\x7fb",
    "a\u200bb",
    "a\u202eb", "x" * 201, "a\nb", "\u00a0",
)  # fmt: skip


ACTIVE = ("a;rm", "$(id)", "`id`", "<!channel>", "a|b", "{run}", "a>b", "$HOME", "a@{1}")


@pytest.mark.parametrize("ref", GOOD)
def test_what_git_allows_is_taken(ref: str) -> None:
    assert check_name(ref) == ref


@pytest.mark.parametrize("ref", BAD)
def test_what_git_does_not_allow_is_refused_in_words(ref: str) -> None:
    with pytest.raises(Refusal, match=r"is not a branch, tag or commit: .+\. Write one such as main or 4f2c9d1\."):
        check_name(ref)


@pytest.mark.parametrize("odd", ["\u3164", "\u115f", "\u2800", "\u034f", "\ufe0f", "\U000e0061"])
def test_a_name_that_would_be_shown_as_another_is_refused(odd: str) -> None:
    with pytest.raises(Refusal, match="it contains an invisible character"):
        check_name(f"main{odd}")


@pytest.mark.parametrize("ref", ACTIVE)
def test_what_a_shell_would_act_on_is_refused(ref: str) -> None:
    with pytest.raises(Refusal, match="which shells interpret"):
        check_name(ref)


def git_allows(ref: str) -> bool:
    asked = ["git", "check-ref-format", "--branch", ref]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("ref", [ref for ref in (*GOOD, *BAD) if ref != "@" and ref.isprintable() and ref.strip()])
def test_git_says_the_same_of_what_can_be_seen(ref: str) -> None:
    ours = True
    try:
        check_name(ref)
    except Refusal:
        ours = False
    assert ours == (git_allows(ref) and len(ref) <= LONGEST)


PIECES = (
    "a",
    "B",
    "1",
    ".",
    "..",
    "/",
    "-",
    "_",
    "@",
    "~",
    "^",
    ":",
    "?",
    "*",
    "[",
    "\\",
    "+",
    "#",
    ".lock",
    "ç",
    "%",
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join).filter(lambda ref: ref != "@"))
def test_no_other_name_is_refused(ref: str) -> None:
    ours = True
    try:
        check_name(ref)
    except Refusal:
        ours = False
    assert ours == git_allows(ref)
