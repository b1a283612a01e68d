"""What the product asks of its database: one short transaction at a time, on frozen records.

A transaction is a plain function that takes a `Tx`; `Database.write` runs it in a thread, commits, and then wakes what
the transaction named. It never waits for the network, and it may be run again when the database asks for that.
"""

from bot.ports.health import HealthResult
from bot.ports.store import Changed, Store
from bot.ports.transaction import Database, DatabaseAway, Tx, Wake

__all__ = ["Changed", "Database", "DatabaseAway", "HealthResult", "Store", "Tx", "Wake"]
