"""Secrets do not get through, in whatever form and however they are cut."""

import base64
import json
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import LONGEST_LINE, MASK, PATTERNS, LineMasker, Masker

SECRET = 'p@ss/wörd +"9'
secrets = st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",)), min_size=6, max_size=40).filter(
    lambda text: len(text.strip()) >= 6
)

FORMS = {
    "as it is": SECRET,
    "url-encoded": quote(SECRET, safe=""),
    "url-encoded in lower case": quote(SECRET, safe="").replace("%C3%B6", "%c3%b6"),
    "form-encoded": quote_plus(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "json": json.dumps(SECRET)[1:-1],
    "json with accents": json.dumps(SECRET, ensure_ascii=False)[1:-1],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_known_value_is_masked_in_every_form(form: str) -> None:
    assert Masker([SECRET]).mask(f"before {form} after").replace("=", "") == f"before {MASK} after"


@pytest.mark.parametrize("user", ["a", "ab", "abc"])
def test_a_known_value_is_masked_inside_longer_base64(user: str) -> None:
    secret = "correct horse battery staple"
    basic = base64.b64encode(f"{user}:{secret}:more".encode()).decode()
    shown = Masker([secret]).mask(f"x={basic}").split(MASK)
    assert len(shown) == 2
    assert all(len(part) <= 12 for part in shown)


# Text that holds a token, and what is left of it.
TOKENS = {
    "postgres://app:s3cr3t@db:5432/x": f"postgres://app:{MASK}@db:5432/x",
    "postgresql+psycopg://app:p@ss/w@db/x": f"postgresql+psycopg://app:{MASK}@db/x",
    "https://user:hunter2@example.com/a": f"https://user:{MASK}@example.com/a",
    "sbp_0123456789abcdef0123456789abcdef01234567": MASK,
    "vcp_0123456789abcdef0123456789": MASK,
    "key sb_secret_abcDEF-123456 end": f"key {MASK} end",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123 ": f"{MASK} ",
    "xoxb-123456-abcdef": MASK,
    "xoxe.xoxp-1-abcdefgh": MASK,
    "xapp-1-A0-123-abcdef": MASK,
    "Authorization: Bearer abc123.def-456": f"Authorization: Bearer {MASK}",
    '{"authorization": "Basic dXNlcjpwYXNz"}': f'{{"authorization": "Basic {MASK}"}}',
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789": MASK,
    "github_pat_11ABCDEFG0abcdefghijkl_mnop": MASK,
    "vercel deploy --token AbCdEf123 --yes": f"vercel deploy --token {MASK} --yes",
    "vercel --token='a b c' ls": f"vercel --token={MASK} ls",
    "export PGPASSWORD=hunter2": f"export PGPASSWORD={MASK}",
    'VERCEL_TOKEN="abc"': f"VERCEL_TOKEN={MASK}",
    "host=db password=hunter2 user=app": f"host=db password={MASK} user=app",
    "GET /x?token=abcdef&page=2": f"GET /x?token={MASK}&page=2",
    "https://hooks.slack.com/services/T0/B0/xyz": f"https://hooks.slack.com/services/{MASK}",
}


@pytest.mark.parametrize(("text", "masked"), TOKENS.items())
def test_what_looks_like_a_token_is_masked(text: str, masked: str) -> None:
    assert Masker().mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "https://localhost:8080/path/@scope/pkg",
        "bearer authentication is off",
        "12:30:00 token expired, secret rotated, password changed",
        "deployment dpl_9xk2 of neonpro-api is READY",
        "postgres://localhost/db",
    ],
)
def test_everyday_text_stays_as_it_is(text: str) -> None:
    assert Masker().mask(text) == text


def test_short_values_are_not_secrets() -> None:
    assert Masker(["admin", ""]).mask("admin") == "admin"


def test_a_dsn_gives_away_its_password_alone_neither_plain_nor_encoded() -> None:
    masker = Masker(["postgresql://app:p%40ssw0rd@db/x"])
    assert masker.mask("p%40ssw0rd p@ssw0rd") == f"{MASK} {MASK}"


def test_each_line_of_a_long_key_is_a_secret() -> None:
    assert Masker(["-----BEGIN KEY-----\nMIIEvQIBADANBg\n"]).mask("MIIEvQIBADANBg") == MASK


def test_overlapping_secrets_leave_no_remains() -> None:
    assert Masker(["abcdef", "defxyz"]).mask("1abcdefxyz2") == f"1{MASK}2"


@given(st.lists(secrets, min_size=1, max_size=4), st.data())
def test_no_known_value_survives(known: list[str], data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(known) | st.text(max_size=8), max_size=8))
    masked = Masker(known).mask("".join(pieces))
    assert not [secret for secret in known if secret in masked]


@given(st.lists(secrets, max_size=3), st.text() | st.sampled_from(list(TOKENS)))
def test_masking_twice_changes_nothing(known: list[str], text: str) -> None:
    masker = Masker(known)
    assert masker.mask(masker.mask(text)) == masker.mask(text)


@given(
    st.lists(st.sampled_from(["a\n", "xx sup3rs3cret yy", "\n", "b c", "sbp_0123456789abcdef"]), max_size=8), st.data()
)
def test_chunks_change_nothing(parts: list[str], data: st.DataObject) -> None:
    text, masker = "".join(parts), Masker(["sup3rs3cret"])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    chunks = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = [masker.mask(line) for line in text.split("\n")]
    assert list(masker.lines(chunks)) == (whole if whole[-1] else whole[:-1])


@given(st.integers(0, 60))
def test_a_secret_across_the_cut_of_an_endless_line_does_not_show(shift: int) -> None:
    secret = "0123456789" * 3
    text = "x" * (LONGEST_LINE + Masker([secret]).room - shift) + secret + "y" * 100
    (line,) = Masker([secret]).lines([text])
    assert "0" not in line.split(" [")[0]
    assert len(line) < LONGEST_LINE + 100


def test_an_endless_line_does_not_fill_the_memory() -> None:
    splitter = LineMasker(Masker())
    for _ in range(100):
        splitter.feed("x" * 100_000)
    assert len(splitter.end()[0]) < LONGEST_LINE + 100


@dataclass
class Login:
    password: str


def test_every_string_of_an_event_is_masked_however_deep() -> None:
    event = {
        "event": "got s3cr3tvalue",
        "a": {"s3cr3tvalue": ["x", ("s3cr3tvalue", 1, None)]},
        "b": Login("s3cr3tvalue"),
    }
    masked = Masker(["s3cr3tvalue"]).processor(None, "info", event)
    assert "s3cr3tvalue" not in json.dumps(masked)
    assert masked["event"] == f"got {MASK}"
    assert masked["a"] == {MASK: ["x", [MASK, 1, None]]}


def test_a_traceback_in_an_event_is_masked() -> None:
    try:
        raise ValueError("s3cr3tvalue")
    except ValueError as error:
        masked = Masker(["s3cr3tvalue"]).processor(None, "error", {"event": "failed", "exc_info": error})
    assert MASK in masked["exception"]
    assert "s3cr3tvalue" not in str(masked)


def test_every_pattern_says_what_it_hides() -> None:
    assert all("(?P<secret>" in pattern for pattern in PATTERNS)


def test_a_text_that_was_clean_before_is_looked_at_with_what_was_learned() -> None:
    masker = Masker()
    assert masker.mask("say wolpertinger") == "say wolpertinger"
    masker.learn(["wolpertinger"])
    assert masker.mask("say wolpertinger") == f"say {MASK}"
