"""The tables, one module an area: each has the fields of its record in `bot`; its store stands beside it."""

from importlib import import_module
from pkgutil import walk_packages

for _module in walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)
