"""Events: what one area tells the others, in the transaction in which it happened.

An event is a frozen dataclass beside the area that publishes it (`<area>/events.py`); who hears it stands in
`<area>/subscribers.py` of the area that wants to know, and all of them in `bot/subscribers.py`. `domain.publish(tx,
event)` calls the subscribers right there, in the order of that table: what they write is committed with what was
published, and one that raises takes all of it back. What has to wait for the commit they plan as an effect or a wake.

The timeline is another thing: it is the record that people read. An event is not stored.
"""


class Event:
    """Something that happened."""
