"""Which words of a runbook people read, read from its YAML: for the catalogues (`make messages`), through Babel."""

from collections.abc import Iterator
from typing import IO, Any

import yaml

FIELDS = ("text", "title", "note", "impact", "message", "purpose")
"""Fields of a runbook whose words people read in their language. Each is a context of its own in the catalogues."""


def extract(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """Babel's extractor: (line, function, (context, words), comments) of one runbook."""
    root = yaml.compose(file, yaml.SafeLoader)
    for field, node in _fields(root) if root else ():
        if field in FIELDS and isinstance(node, yaml.ScalarNode) and node.value.strip():
            yield node.start_mark.line + 1, "pgettext", (f"runbook {field}", node.value.strip()), []


def _fields(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """Every field of every mapping, with its value."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _fields(each)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), value
            yield from _fields(value)
