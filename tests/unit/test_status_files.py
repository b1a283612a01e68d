"""The files of the status page: JSON in Statuspage's shape, the feed, HTML, and how they are answered."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import httpx
import pytest

from bot.integrations.statuspage.client import read
from bot.status.page import Component, Day, Incident, Page, Planned, Update, Wording
from handlers.web.app import web_app
from handlers.web.status.endpoints import Files, preferred, status_page
from handlers.web.status.files import File, files_of, write_copy
from handlers.web.status.words import availability_words

AT = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)
URL = "https://status.example"
TOLD = (
    Update("u2", AT, "identified", Wording("It is the <database>.", "É o banco.")),
    Update("u1", datetime(2026, 11, 28, 15, tzinfo=UTC), "investigating", Wording("We look.")),
)
OUTAGE = Incident(
    "abc", Wording("Service outage", "Indisponibilidade"), "critical", "major_outage", ("api",), TOLD[1].at, TOLD
)
API = Component("api", Wording("API"), "major_outage", (Day(date(2026, 11, 28), 1, 1),))
WINDOW = Planned("m1", Wording("Maintenance window"), "scheduled", AT, AT, AT)
PAGE = Page(Wording("NeonPro status", "Status da NeonPro"), "America/Sao_Paulo", (API,), (OUTAGE,), (WINDOW,), AT)


async def _files() -> dict[str, File]:
    return files_of(PAGE, URL)


def asked(files: Files) -> httpx.AsyncClient:
    """Who asks a web port that has these files."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(web_app(status_page(files))), base_url="http://page")


@pytest.fixture
def client() -> httpx.AsyncClient:
    return asked(_files)


async def test_our_own_check_of_vendors_reads_it(client: httpx.AsyncClient) -> None:
    found = await read(client, URL)
    assert (found.name, found.indicator, found.description) == ("NeonPro status", "critical", "Major outage")
    assert [(each.name, each.status, each.link) for each in found.incidents] == [
        ("Service outage", "identified", f"{URL}/#abc")
    ]
    assert found.components == {"API": "major_outage"}


async def test_each_file_has_its_part_of_the_summary(client: httpx.AsyncClient) -> None:
    whole = (await client.get("/api/v2/summary.json")).json()
    for name, key in {
        "status": "status", "components": "components", "scheduled-maintenances": "scheduled_maintenances"
    }.items():  # fmt: skip
        assert (await client.get(f"/api/v2/{name}.json")).json() == {"page": whole["page"], key: whole[key]}
    assert (await client.get("/api/v2/incidents.json")).json()["incidents"] == whole["incidents"]


async def test_an_incident_has_the_shape_of_statuspage(client: httpx.AsyncClient) -> None:
    (incident,) = (await client.get("/api/v2/incidents.json")).json()["incidents"]
    assert incident["components"] == [{"id": "api", "name": "API"}]
    assert incident["incident_updates"][0]["body"] == "It is the <database>."
    assert (incident["created_at"], incident["resolved_at"]) == ("2026-11-28T15:00:00Z", None)


@pytest.mark.parametrize("path", ["/", "/en", "/pt", "/api/v2/summary.json", "/history.atom", "/pt/history.atom"])
async def test_what_somebody_has_is_not_sent_again(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first.headers["cache-control"] == again.headers["cache-control"] == "public, max-age=30"


async def test_any_page_may_read_the_json_and_nothing_may_run_in_the_html(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v2/status.json")).headers["access-control-allow-origin"] == "*"
    assert (
        (await client.get("/en"))
        .headers["content-security-policy"]
        .startswith("default-src 'none'; style-src 'sha256-")
    )
    assert "<script" not in (await client.get("/en")).text


async def test_what_people_wrote_is_escaped(client: httpx.AsyncClient) -> None:
    assert "It is the &lt;database&gt;." in (await client.get("/en")).text


@pytest.mark.parametrize(
    ("accepted", "path"),
    [("", "en"), ("pt-BR,pt;q=0.9,en;q=0.8", "pt"), ("en-GB", "en"), ("de, pt;q=0.5", "pt"), ("pt;q=0,en;q=x", "en")],
)
async def test_the_language_is_the_readers(client: httpx.AsyncClient, accepted: str, path: str) -> None:
    assert preferred(accepted) == path
    answer = await client.get("/", headers={"Accept-Language": accepted})
    assert answer.headers["content-language"] == {"en": "en", "pt": "pt-BR"}[path]
    assert answer.headers["vary"] == "Accept-Language"


async def test_the_portuguese_page_says_what_the_runbook_says_in_portuguese(client: httpx.AsyncClient) -> None:
    text = (await client.get("/pt")).text
    assert '<span lang="pt-BR">Indisponibilidade</span>' in text
    assert '<span lang="en">We look.</span>' in text
    assert "É o banco." in text


async def test_times_are_for_machines_and_for_people(client: httpx.AsyncClient) -> None:
    assert '<time datetime="2026-11-28T15:30:00Z">28 Nov 2026, 12:30</time>' in (await client.get("/en")).text


async def test_an_entry_of_the_feed_keeps_its_id(client: httpx.AsyncClient) -> None:
    atom = {"a": "http://www.w3.org/2005/Atom"}
    feed = Xml.fromstring((await client.get("/history.atom")).content)
    assert feed.findtext("a:entry/a:id", None, atom) == "tag:status.example,2026:incident/abc"
    assert feed.findtext("a:entry/a:updated", None, atom) == "2026-11-28T15:30:00Z"
    content = feed.findtext("a:entry/a:content", "", atom)
    assert content.startswith("Identified (2026-11-28T15:30:00Z): It is the <database>.")


async def test_without_any_record_it_says_that_it_cannot_be_read() -> None:
    async def none() -> dict[str, File]:
        return {}

    assert (await asked(none).get("/en")).status_code == 503


def test_old_records_are_called_so() -> None:
    page = files_of(PAGE, URL, stale=True)["/en"].body.decode()
    assert "Our own records cannot be read now: this may be out of date." in page


@pytest.mark.parametrize(
    ("percent", "words"), [(99.999, "99.99\u00a0%"), (100.0, "100.00\u00a0%"), (None, "not measured")]
)
def test_availability_is_not_rounded_up(percent: float | None, words: str) -> None:
    assert availability_words(percent) == words


def test_the_copy_is_whole(tmp_path: Path) -> None:
    write_copy(files_of(PAGE, URL), tmp_path)
    assert (tmp_path / "index.html").read_bytes() == (tmp_path / "en/index.html").read_bytes()
    assert "lang" in (tmp_path / "pt/index.html").read_text()
    assert json.loads((tmp_path / "api/v2/summary.json").read_text())["status"]["indicator"] == "critical"
    assert not list(tmp_path.rglob(".fresh-*"))


def test_a_file_of_the_copy_that_did_not_change_is_left_alone(tmp_path: Path) -> None:
    write_copy(files_of(PAGE, URL), tmp_path)
    before = (tmp_path / "index.html").stat().st_ino
    write_copy(files_of(PAGE, URL), tmp_path)
    assert (tmp_path / "index.html").stat().st_ino == before
