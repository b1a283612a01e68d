"""What tokens, keys and credentials look like. Each shape is found in time linear in the text.

A pattern begins with words of its own and then takes possessively all that it looks at, so that nothing is looked at
twice; whether that is a secret is decided afterwards, by `hidden`.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.masking.views import Span

Hidden = Callable[[re.Match[str], str], Iterator[Span]]


def whole(match: re.Match[str], text: str) -> Iterator[Span]:
    """The group `secret` is what is hidden."""
    yield match.span("secret")


@dataclass(frozen=True)
class Shape:
    """One shape, looked for only in a text that has its `sign`.

    `folded`: in the text in small letters. `hidden` is also handed the text as it is, whose places are the same.
    """

    sign: str
    pattern: str
    hidden: Hidden = whole
    folded: bool = False


_W = r"[A-Za-z0-9_\-]"
_A = r"[A-Za-z0-9]"

# A beginning that only this vendor's secrets have, what follows it, and how much of that at least.
_BEGINNINGS: tuple[tuple[str, str, int], ...] = (
    *((each, _W, 8) for each in ("sbp_", "sbv_", "sb_secret_")),
    *((each, _W, 10) for each in ("vercel_blob_rw_", "sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_")),
    *((each, _W, 16) for each in ("github_pat_", "npm_", "hf_", "gsk_", "xai-", "pplx-", "ntn_", "lin_api_", "figd_")),
    *((each, _W, 10) for each in ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glft-", "glimt-", "glagent-",
                                  "gloas-", "glsoat-", "glffct-")),
    *((each, _W, 6) for each in ("xapp-", "xwfp-")),
    *((each, _W, 16) for each in ("AIzaSy", "GOCSPX-", "ya29.", "pypi-AgE", "rubygems_", "dckr_pat_", "dop_v1_",
                                  "doo_v1_", "dor_v1_", "shpat_", "shpss_", "shpca_", "shppa_", "sq0atp-", "sq0csp-")),
    *((each, _W, 16) for each in ("pscale_tkn_", "pscale_pw_", "pscale_oauth_", "napi_", "nfp_", "rnd_", "CCIPAT_",
                                  "bkua_", "tskey-", "PMAK-", "NRAK-", "HRKU-", "glsa_", "glc_", "sntrys_", "sntryu_",
                                  "ATATT3x", "ATCTT3x", "ATBB", "AGE-SECRET-KEY-", "fo1_", "fm2_", "dapi", "pul-")),
    *((each, r"[A-Za-z0-9._\-]", 16) for each in ("hvs.", "hvb.", "dp.pt.", "dp.st.", "SG.")),
)  # fmt: skip


def _beginning(sign: str, follows: str, least: int) -> Shape:
    # A word that happens to end like this (`desk_live_`) goes on in letters; a token's beginning does not stand in one.
    before = "" if sign[-1] in "_-." else r"(?<![A-Za-z0-9])"
    return Shape(sign, rf"{before}(?P<secret>{re.escape(sign)}{follows}{{{least},}}+)", _mixed)


def _mixed(match: re.Match[str], text: str) -> Iterator[Span]:
    """A token has digits, or capitals among small letters; `npm_lifecycle_event_name` has neither."""
    if looks_random(match["secret"]):
        yield match.span("secret")


def looks_random(text: str) -> bool:
    """Whether nobody would write this as words: digits, or capitals in the middle."""
    return bool(re.search(r"\d|[a-z][A-Z]", text))


def _segments(match: re.Match[str], text: str) -> Iterator[Span]:
    """A JSON Web Token has segments: a header, and at least a body."""
    token = match["secret"].rstrip(".")
    if re.match(r"eyJ[\w\-]{5,}+\.[\w\-]", token):
        yield match.start("secret"), match.start("secret") + len(token)


_SPLIT_URL = re.compile(r":(?:\\?/){2}")
_LOGIN = re.compile(r"[^\s:/@]*+:(?P<secret>.+)@", re.DOTALL)
_DATABASES = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|valkeys?|amqps?|mssql|sqlserver|clickhouse|cockroachdb|kafka|nats)"
    r"(?:\+[\w\-]{1,40})?$",
    re.IGNORECASE,
)
_PATH = re.compile(r"[/?#\\]")


def _logins(match: re.Match[str], text: str) -> Iterator[Span]:
    """The password of each address in this word. One of a database may hold unescaped slashes and at signs."""
    starts = [each.end() for each in _SPLIT_URL.finditer(text, match.start(), match.end())]
    for start, end in zip(starts, [*starts[1:], match.end()], strict=True):
        if text.find("@", start, end) < 0:
            continue
        scheme = re.split(r"[^\w+\-.]", text[max(0, start - 40) : start].rstrip("/\\").rstrip(":"))[-1]
        if not _DATABASES.match(scheme) and (path := _PATH.search(text, start, end)):
            end = path.start()
        if login := _LOGIN.match(text, start, end):
            yield login.span("secret")
        elif (at := text.find("@", start, end)) - start >= 16 and looks_random(text[start:at]):
            yield start, at


_EXEMPT_SCHEME = ("required", "missing", "invalid", "failed", "denied", "none", "null", "header", "is", "was")
_PARTS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9_\-]{1,30}+)[ \t]++(?P<rest>\S.*+)", re.DOTALL)
_ONE_WORD = ("basic", "bearer", "token", "apikey", "api-key", "key", "bot", "jwt", "negotiate", "ntlm", "splunk")
_MANY_WORDS = ("digest", "hawk", "oauth", "signature", "aws4-hmac-sha256", "sharedkey", "sharedkeylite", "hmac")


def _credentials(match: re.Match[str], text: str) -> Iterator[Span]:
    """What a header of credentials says after its scheme."""
    start, end = match.span("secret")
    parts = _PARTS.match(text, start, end)
    scheme = parts["scheme"].lower() if parts else ""
    if parts and scheme in _MANY_WORDS:
        yield parts.span("rest")
    elif parts and scheme in _ONE_WORD:
        yield _first_word(text, parts.start("rest"), end)
    else:
        word = _first_word(text, start, end)
        said = text[slice(*word)]
        if looks_random(said) or (parts is None and said.lower() not in _EXEMPT_SCHEME):
            yield word


def _first_word(text: str, start: int, end: int) -> Span:
    word = re.compile(r"[^\s\\,;)\]}]*+").match(text, start, end)
    assert word
    return word.span()


def _bearer(match: re.Match[str], text: str) -> Iterator[Span]:
    """A digit or 20 characters: "bearer authentication" is prose."""
    if re.search(r"\d", match["secret"]) or len(match["secret"]) >= 20:
        yield match.span("secret")


def _basic(match: re.Match[str], text: str) -> Iterator[Span]:
    """Base64 of `user:password`."""
    if b":" in decoded(match["secret"]):
        yield match.span("secret")


def decoded(text: str) -> bytes:
    """What this base64 stands for; empty when it is none, or when that is no text."""
    try:
        raw = base64.urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "==="[: -len(text) % 4])
        raw.decode("utf-8")
    except (binascii.Error, ValueError):
        return b""
    return raw


def _login_flag(match: re.Match[str], text: str) -> Iterator[Span]:
    """`user:password`; `-u 1000:1000` are ids of a user and a group."""
    if not match["secret"].isdigit():
        yield match.span("secret")


_EXEMPT_QUERY = frozenset({"primary_key", "public_key", "key_id"})
_QUERY = re.compile(
    r"(?:^|[_.\-])(?:key|sig|signature|auth|code_verifier|credential|security-token|bypass)$"
    r"|token$|secret$|passw(?:or)?d$|^pwd$|^jwt$|apikey$|api_?key$"
)


def _parameter(match: re.Match[str], text: str) -> Iterator[Span]:
    name = match["name"]
    if name not in _EXEMPT_QUERY and _QUERY.search(name):
        yield match.span("secret")


def _key_pair(match: re.Match[str], text: str) -> Iterator[Span]:
    """An access key's id, and the secret that stands beside it: 40 characters that are no hash."""
    yield match.span("secret")
    for word in re.finditer(r"[A-Za-z0-9/+]++", text[match.end() : match.end() + 120]):
        if len(word[0]) == 40 and re.search("[a-z]", word[0]) and re.search("[A-Z]", word[0]):
            yield match.end() + word.start(), match.end() + word.end()


def _client_key(match: re.Match[str], text: str) -> Iterator[Span]:
    """PEM in base64, as in a kubeconfig; a certificate is no secret."""
    if not re.match(rb"-----BEGIN (?:CERT|PUBLIC)", decoded(match["secret"][:40])):
        yield match.span("secret")


_SEPARATED = r"[\"'\\]{0,4}[ \t]{0,8}[:=,][ \t]{0,8}[\[(\"'\\]{0,4}"

SHAPES: tuple[Shape, ...] = (
    Shape("://", r"://(?P<secret>[^\s\"'<>`]*+)", _logins),
    Shape(":\\/\\/", r":\\/\\/(?P<secret>[^\s\"'<>`]*+)", _logins),
    *(
        Shape(host, rf"{re.escape(host)}(?P<secret>[^\s\"'<>|)\]]++)")
        for host in (
            *(f"hooks.slack.com/{each}/" for each in ("services", "actions", "commands", "workflows", "triggers")),
            "hooks.slack-gov.com/services/",
            "discord.com/api/webhooks/",
            "discordapp.com/api/webhooks/",
            "webhook.domain.com/webhookb2/",
            "api.telegram.org/bot",
        )
    ),
    *(_beginning(*each) for each in _BEGINNINGS),
    Shape("vc", r"(?P<secret>vc[a-z]_[A-Za-z0-9_\-]{16,}+)", _mixed),
    Shape("gh", r"(?P<secret>gh[opsur]_[A-Za-z0-9_]{16,}+)", _mixed),
    Shape("xox", r"(?P<secret>xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9\-_]{6,}+)", _mixed),
    Shape("sk-", r"(?<![A-Za-z0-9_\-])(?P<secret>sk-[A-Za-z0-9_\-]{16,}+)", _mixed),
    Shape("key-", r"(?<![A-Za-z0-9_\-])(?P<secret>key-[0-9a-f]{32}+)(?![0-9a-f])"),
    Shape("SK", r"(?<![A-Za-z0-9])(?P<secret>SK[0-9a-f]{32})(?![A-Za-z0-9])"),
    *(
        Shape(each, rf"(?<![A-Za-z0-9])(?P<secret>{each}[A-Z0-9]{{16}})(?![A-Za-z0-9])", _key_pair)
        for each in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    # Hashes of passwords, as crypt(3) and its like write them.
    Shape("$", r"(?P<secret>\$(?:2[abxy]|[567y]|argon2(?:id?|d)|scrypt|pbkdf2[\w\-]{0,12})\$[\w./$,=+]{16,}+)"),
    Shape("eyJ", r"(?P<secret>eyJ[A-Za-z0-9_\-.]*+)", _segments),
    Shape("LS0tLS1CRUdJTi", r"(?P<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/_\-]++=*)", _client_key),
    Shape(":AA", r"(?<![0-9])(?P<secret>[0-9]{8,10}:AA[A-Za-z0-9_\-]{33})(?![A-Za-z0-9_\-])"),
    Shape("authorization", rf"authorization{_SEPARATED}(?P<secret>[^\n\"']++)", _credentials, folded=True),
    Shape("bearer", r"bearer[\"']?[ \t:=]{1,8}[\"']?(?P<secret>[a-z0-9._~+/\-]{6,}+=*)", _bearer, folded=True),
    *(Shape(each, rf"{each}[ \t]{{1,8}}(?P<secret>[A-Za-z0-9+/_\-]{{6,}}+=*)", _basic) for each in ("Basic", "basic")),
    Shape('"auth"', r'"auth"[ \t]{0,8}:[ \t]{0,8}"(?P<secret>[A-Za-z0-9+/]{6,}+=*)', _basic),
    Shape("cookie", rf"cookie{_SEPARATED}(?P<secret>[\w!#$%&*+.^`|~\-]++=[^\n\"']*+)", folded=True),
    *(
        Shape(mark, rf"{re.escape(mark)}(?P<name>[\w.\-]*+)=(?P<secret>[^\s&#\"'<>|;]++)", _parameter, folded=True)
        for mark in ("?", "&", "&amp;")
    ),
    Shape("login", r"login[ \t]++\S++[ \t]++password[ \t]++(?P<secret>\S++)", folded=True),
    *(
        Shape(word, rf"{word}[ \t]{{1,8}}'(?P<secret>[^'\n]++)", folded=True)
        for word in ("identified by", "password", "passphrase")
    ),
    *(
        Shape(flag, rf"(?<!\S){flag}(?:=|[ \t]{{1,8}})[\"']?[^\s:\"'/]{{1,99}}+:(?P<secret>[^\s\"'/]++)", _login_flag)
        for flag in ("-u", "--user", "--proxy-user")
    ),
)  # fmt: skip
