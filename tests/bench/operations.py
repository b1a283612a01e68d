"""What people do in the benchmark, in endless series; each operation is done when it is called, and gives its ack."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import repeat

from sandbox.slack import Ack
from sandbox.slack.channels import Message
from tests.bench.cards import Item, as_drawn, items_of
from tests.bench.world import World

Operation = Callable[[], Awaitable[Ack]]
Operations = Iterator[Operation]


def listing(of: World) -> Operations:
    """`/incident list`, a command that changes nothing."""
    return repeat(lambda: of.slack.command("alice", "devops", "/incident", "list"))


def toggling(of: World, cards: Sequence[Message]) -> Operations:
    """Every item of the cards ticked (or unticked, as it stands), then all of them back, and so on."""
    standing = {(card.channel, step): (card, item) for card in cards for step, item in items_of(card).items()}
    while True:
        for (channel, step), (card, item) in standing.items():
            standing[channel, step] = card, Item(item.decision + 1, not item.settled)
            yield _click(of, card, step, item)


def _click(of: World, card: Message, step: str, item: Item) -> Operation:
    seen, action, block = as_drawn(card, step, item)
    return lambda: of.slack.click("alice", card.channel, card.ts, action_id=action, block_id=block, seen=seen)
