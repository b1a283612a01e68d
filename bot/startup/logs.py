"""Structured logs: one JSON object a line on standard error, every string masked."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from bot.masking import Masker
from bot.text.legible import escaped

_json = structlog.processors.JSONRenderer(ensure_ascii=False)


def _written(logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    """An event as one line of JSON, in which nothing turns or hides what stands around it."""
    return escaped(str(_json(logger, name, event)))


def set_up_logs(masker: Masker) -> None:
    """Log as JSON, our own events and those of the libraries (from WARNING on)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        masker.processor,
    ]
    structlog.configure(
        processors=[*shared, _written],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(processor=_written, foreign_pre_chain=shared)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
