"""What looks like a secret does not get through; what only resembles one stays legible."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import MASK, Masker

BODY = "MIIEpAIBAAKCAQEA7bq0abcDEFghijklmnopQRSTUVWX0123456789abcdefghij\nabcd+/=="
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----"
AWS = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

# Text that holds a secret, and what is left of it.
SHAPES = {
    "AKIAIOSFODNN7EXAMPLE": MASK,
    f"ASIAIOSFODNN7EXAMPLE,{AWS}": f"{MASK},{MASK}",
    f"aws_secret_access_key = {AWS}": f"aws_secret_access_key = {MASK}",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc": MASK,
    "rk_live_4eC39HqLyjWDarjtT1zdp7dc": MASK,
    "whsec_4eC39HqLyjWDarjtT1zdp7dc": MASK,
    "sk-proj-abcdEFGH1234567890ijkl": MASK,
    "npm_abcdefghijklmnopqrstuvwxyz0123456789": MASK,
    r"\nnpm_abcdefghijklmnopqrstuvwxyz0123456789": rf"\n{MASK}",
    "glpat-xxxxABCD1234efgh5678": MASK,
    "gho_16C7e42F292c6912E7710c838347Ae178B4a": MASK,
    "xwfp-1-abcdef012": MASK,
    "SG.abcdefghijklmnop1234.abcdefghijklmnopqrstuvwx": MASK,
    "SK0123456789abcdef0123456789abcdef": MASK,
    "AIzaSyA1234567890abcdefghijklmnopqrstuv": MASK,
    "ya29.a0AfH6SMBx1234567890": MASK,
    "bot 123456789:AAabcdefghijklmnopqrstuvwxyz0123456": f"bot {MASK}",
    "vercel_blob_rw_abcDEF1234567890": MASK,
    "password: x": f"password: {MASK}",
    "Password: hunter2, then": f"Password: {MASK}, then",
    "password=x": f"password={MASK}",
    'password = "a b"': f"password = {MASK}",
    '{"password": "x", "user": "bob"}': f'{{"password": "{MASK}", "user": "bob"}}',
    r'{"password":"a\"b","user":"bob"}': f'{{"password":"{MASK}","user":"bob"}}',
    r'{\"password\":\"x1\",\"user\":\"bob\"}': rf'{{\"password\":\"{MASK}\",\"user\":\"bob\"}}',
    "{'client_secret': 'x y'}": f"{{'client_secret': '{MASK}'}}",
    'password="cut off': f"password={MASK}",
    "JWT_SECRET: x": f"JWT_SECRET: {MASK}",
    "  clientSecret: a b": f"  clientSecret: {MASK}",
    "db.password: x": f"db.password: {MASK}",
    "SUPABASE_ANON_KEY=abc": f"SUPABASE_ANON_KEY={MASK}",
    "SMTP_PASS: abc": f"SMTP_PASS: {MASK}",
    "senha: abc123": f"senha: {MASK}",
    "x-api-key: 12ab34": f"x-api-key: {MASK}",
    "host=x;Password=a,b;Database=y": f"host=x;Password={MASK};Database=y",
    "//registry.npmjs.org/:_authToken=abc": f"//registry.npmjs.org/:_authToken={MASK}",
    '{"auths":{"x":{"auth":"dXNlcjpwYXNz"}}}': f'{{"auths":{{"x":{{"auth":"{MASK}"}}}}}}',
    "machine h login u password p": f"machine h login u password {MASK}",
    "CREATE ROLE app PASSWORD 'abc'": f"CREATE ROLE app PASSWORD '{MASK}'",
    "<password>hunter</password>": f"<password>{MASK}</password>",
    "Authorization: Basic dXNlcjpwYXNz": f"Authorization: Basic {MASK}",
    "Basic dXNlcjpwYXNz": f"Basic {MASK}",
    "'Authorization': 'token abc'": f"'Authorization': 'token {MASK}'",
    "authorization: abc123": f"authorization: {MASK}",
    'Authorization: Digest username="bob", response="abc"': f'Authorization: Digest {MASK}"bob", response="abc"',
    "map[Authorization:[Bearer abc1234]]": f"map[Authorization:[Bearer {MASK}]]",
    "Cookie: sid=abc; other=1": f"Cookie: {MASK}",
    "Set-Cookie: session=xyz; Path=/": f"Set-Cookie: {MASK}",
    "curl -u admin:hunter2 https://x": f"curl -u admin:{MASK} https://x",
    "mysql --password=abc -u root": f"mysql --password={MASK} -u root",
    "GET /?X-Amz-Signature=abc&x=1": f"GET /?X-Amz-Signature={MASK}&x=1",
    r"postgres:\/\/u:p@h": rf"postgres:\/\/u:{MASK}@h",
    "to=postgres%3A%2F%2Fapp%3Apw12%40x@h": f"to=postgres%3A%2F%2Fapp%3A{MASK}@h",
    "https://ghp0token1234567890abc@github.com/x": f"https://{MASK}@github.com/x",
    KEY: f"-----BEGIN RSA PRIVATE KEY-----\n{MASK}\n{MASK}\n-----END RSA PRIVATE KEY-----",
    KEY.replace("\n", r"\n"): f"-----BEGIN RSA PRIVATE KEY-----{MASK}-----END RSA PRIVATE KEY-----",
    f"{KEY[:70]}\nBuild failed here": f"-----BEGIN RSA PRIVATE KEY-----\n{MASK}\nBuild failed here",
    f"{KEY[40:]}\nthen": f"{MASK}\n{MASK}\n-----END RSA PRIVATE KEY-----\nthen",
    '{"name": "DB_PASSWORD", "value": "a b"}': f'{{"name": "DB_PASSWORD", "value": "{MASK}"}}',
    '{"key":"API_TOKEN","type":"plain","value":"ab"}': f'{{"key":"API_TOKEN","type":"plain","value":"{MASK}"}}',
    "- name: DB_PASSWORD\n  value: ab1\n- name: LEVEL": f"- name: DB_PASSWORD\n  value: {MASK}\n- name: LEVEL",
    '<add key="DbPassword" value="ab" />': f'<add key="DbPassword" value="{MASK}" />',
    "  password: |\n    a b\n\n    c\n  user: x": f"  password: |\n    {MASK}\n\n    {MASK}\n  user: x",
    "api_token: >-\n  ab\nuser: x": f"api_token: >-\n  {MASK}\nuser: x",
    "x-vercel-protection-bypass: ab12": f"x-vercel-protection-bypass: {MASK}",
    "bot:$2y$10$abcdefghijklmnopqrstuv.": f"bot:{MASK}",
    "root:$6$salt$abcdefghijk0123/.:19000:0": f"root:{MASK}:19000:0",
    "client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ": f"client-key-data: {MASK}",
}  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), SHAPES.items())
def test_what_looks_like_a_secret_is_masked(text: str, masked: str) -> None:
    assert Masker().mask(text) == masked


def test_a_key_in_json_in_json_is_masked() -> None:
    masked = Masker().mask(json.dumps(json.dumps({"cert": KEY, "then": "more"})))
    assert "MIIE" not in masked
    assert "more" in masked


PROSE = (
    "the password: reset page",
    "reset the password: done",
    "token: refresh earlier on slow networks",
    "Unexpected token: } in JSON at position 4",
    "Invalid token: unexpected end of input",
    "API key: see the vault for details",
    "access token: expired 5 minutes ago",
    "error: secret: rotated in 2 days",
    "Password: must contain a digit",
    "Vercel refuses VERCEL_AUTOMATION_BYPASS_SECRET: copy the project's secret again.",
    "GITHUB_TOKEN: not set, so GitHub is not asked",
    "bot token: @neonops in NeonPro, app token: #devops of it",
    "password-reset: fix the link in the mail",
    "feat(token): rotate keys",
    "password: string",
    "secret: SecretStr | None",
    "if (password === other) {",
    "const token = process.env.TOKEN",
    "DATABASE_PASSWORD: ${DB_PASSWORD}",
    "PASSWORD_FILE=/run/secrets/pw",
    "PRIMARY_KEY: id, CACHE_KEY=page",
    '{"name": "DB_PASSWORD", "value": "${DB_PASSWORD}"}, {"name": "level", "value": "info"}',
    '{"key": "cache_key", "value": "page"} costs $5$ or $7',
    "token_type: bearer, max_tokens: 4096, tokens used: 12",
    "Authorization: required",
    "bearer authentication and basic authentication",
    "Cookie: the banner is broken",
    "commit 4f2c9d1a5b6c7d8e9f00112233445566778899aa is live as 4f2c9d1",
    "dpl_9xk2AbCdEfGhIjKl of prj_AbC123dEf456 for team_AbC123dEf456",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "integrity sha512-AbCdEf0123456789+/AbCdEf0123456789+/AbCdEf0123456789+/AbCdEf01234567==",
    "550e8400-e29b-41d4-a716-446655440000",
    "npm_lifecycle_event=build npm_config_registry=https://registry.npmjs.org/",
    "risk-assessment-2024 and task-12345678901234567890",
    "src/components/Secret.tsx:12:5 error TS2322",
    "https://github.com/o/r/pull/7?tab=files&key_id=3",
    "git@github.com:org/repo.git and mailto:a@b.c",
    "docker run -u 1000:1000 x",
    "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
    "<@U02ABCDEF> said: token, secret and password changed at 12:30:00",
)


@pytest.mark.parametrize("text", PROSE)
def test_what_only_resembles_a_secret_stays_legible(text: str) -> None:
    assert Masker().mask(text) == text


@given(st.lists(st.sampled_from([*SHAPES, *PROSE, "\n", " ", '"', "\\", "%41", "&amp;", "•"]) | st.text(max_size=4)))
def test_masking_shapes_twice_changes_nothing(pieces: list[str]) -> None:
    masked = Masker().mask("".join(pieces))
    assert Masker().mask(masked) == masked
