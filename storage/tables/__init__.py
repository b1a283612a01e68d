"""The tables, one module an area: each table has the fields of its record in `bot`, and its store stands beside it."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
