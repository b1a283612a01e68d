"""Status updates and subscriptions in the database."""

from dataclasses import replace

import pytest
from storage_world import NOON, Opened, an_incident

from bot.updates.look import for_customers, updates_of
from bot.updates.model import Audience, StatusUpdate, Subscription, UpdateStatus

TOLD = StatusUpdate(
    0, 1, Audience.CUSTOMERS, UpdateStatus.IDENTIFIED, {"en": "It is slow.", "pt": "Está lento."}, "U1", NOON, ("api",)
)


def test_an_update_comes_back_as_it_was(opened: Opened) -> None:
    opened.write(lambda tx: tx.incidents.add(an_incident()))
    added = opened.write(lambda tx: tx.rows(StatusUpdate).add(TOLD))
    found = opened.read(lambda tx: tx.rows(StatusUpdate).get(added.id))
    assert found == replace(TOLD, id=added.id)
    assert found.words("pt-BR") == "Está lento."


def test_a_secret_in_an_update_is_masked_before_it_is_stored(opened: Opened) -> None:
    opened.write(lambda tx: tx.incidents.add(an_incident()))
    told = replace(TOLD, texts={"en": "the password is hunter2secret"})
    added = opened.write(lambda tx: tx.rows(StatusUpdate).add(told))
    found = opened.read(lambda tx: tx.rows(StatusUpdate).get(added.id))
    assert found
    assert "hunter2secret" not in found.texts["en"]


@pytest.mark.parametrize("hidden", ["drill", "private", "confidential"])
def test_customers_read_nothing_of_what_is_not_theirs(opened: Opened, hidden: str) -> None:
    incident = opened.write(lambda tx: tx.incidents.add(an_incident()))
    opened.write(lambda tx: tx.rows(StatusUpdate).add(TOLD))
    secret = opened.write(lambda tx: tx.incidents.save(incident, **{hidden: True}))
    assert len(opened.read(lambda tx: for_customers(tx, incident))) == 1
    assert opened.read(lambda tx: for_customers(tx, secret)) == []
    assert len(opened.read(lambda tx: updates_of(tx, secret))) == 1


def test_a_subscription_can_be_ended_and_taken_up_again(opened: Opened) -> None:
    opened.write(lambda tx: tx.rows(Subscription).add(Subscription("U1", "api", NOON)))
    found = opened.read(lambda tx: tx.rows(Subscription).get("U1", "api"))
    assert found
    opened.write(lambda tx: tx.rows(Subscription).save(found, active=False))
    assert opened.read(lambda tx: tx.rows(Subscription).find(active=True)) == []
