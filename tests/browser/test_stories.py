"""Two people deploy everything; a deploy that turns out ill goes back by itself; an incident is rolled back.

RENEW_PICTURES=1 renews the pictures of the README.
"""

import re
from collections.abc import Iterator

import pytest
from browsing import Visit, Visitors, sandbox, turn
from playwright.sync_api import expect

from bot.runbook.load import bundled_path

pytestmark = pytest.mark.browser
CHANGES = {
    "  approval_expires: 24h\n": "  approval_expires: 24h\n  rollback_after: 0s\n",
    "${NEONPRO_SOAK_TIME}": "3s",
    "${NEONPRO_SOAK_EVERY}": "1s",
    "${NEONPRO_SOAK_TIMEOUT}": "9s",
}
"""The bundled runbook, told to roll back at once, and verifying for seconds."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh practice workspace on that runbook."""
    folder = tmp_path_factory.mktemp("stories")
    text = bundled_path().read_text("utf-8")
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "runbook.yml").write_text(text, "utf-8")
    with sandbox(folder, "--runbook", str(folder / "runbook.yml")) as address:
        yield address


def approved_deploy(visitors: Visitors, what: str, title: str) -> tuple[Visit, Visit]:
    """Bruno asks and ticks the checklist, Alice approves: the windows of both."""
    bruno, alice = visitors.open("U02BRUNO"), visitors.open("U01ALICE")
    alice.page.get_by_role("button", name="Close the hints").click()
    bruno.types(f"/deploy {what}")
    bruno.sees(f"{title}: pre-")
    bruno.ticks_everything()
    bruno.sees("gates passed")
    bruno.shows("deploy-checklist")
    alice.presses("Approve and start")
    alice.agrees("Approve and start")
    return bruno, alice


def test_everything_is_deployed_by_two_people(visitors: Visitors) -> None:
    bruno, alice = approved_deploy(visitors, "all", "Deploy API and Web Application from main")
    expect(alice.message("▶️ Phase 3: API")).to_be_visible()
    alice.keeps("deploy")
    expect(bruno.button("Tick: Test critical user flows")).to_be_visible()
    bruno.presses("Tick: Test critical user flows")
    done = alice.message("It is live and verified")
    expect(done).to_be_visible()
    expect(done).to_contain_text("Deploy API and Web Application from main")
    expect(done).to_contain_text("done")
    alice.shows("deploy-all-done")
    alice.fits()


def test_a_deploy_that_turns_out_ill_goes_back_by_itself(visitors: Visitors) -> None:
    _, alice = approved_deploy(visitors, "api", "Deploy API from main")
    verifying = alice.message("⏳ Verify deployment")
    expect(verifying).to_be_visible()
    turn(visitors.address, "api_release_bad", True)
    back = alice.message(re.compile(r"Roll back API to before run \d+.*done", re.DOTALL))
    expect(back).to_be_visible()
    expect(back).to_contain_text("It is live and verified")
    expect(alice.message(re.compile("Deploy API from main.*aborted", re.DOTALL))).to_be_visible()
    alice.sees("NeonOps locked deploys")
    alice.keeps("rollback")
    alice.fits()


def test_an_incident_is_ended_by_a_rollback(visitors: Visitors) -> None:
    turn(visitors.address, "api_release_bad", False)
    alice = visitors.open("U01ALICE")
    alice.declares("The new release loses orders")
    alice.rolls_back()
    alice.sees("Production will be pinned there")
    alice.shows("rollback-choice")
    alice.presses("Roll back")
    alice.agrees("Roll back")
    alice.sees("6 of 16 done")
    alice.sees("Roll back API and Web Application: done", "It is live and verified")
    alice.shows("rollback-from-incident")
    alice.fits()
