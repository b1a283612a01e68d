"""rich_text blocks: sections, lists, preformatted text and quotes, and what may stand in them."""

from __future__ import annotations

from .checks import anything, boolean, by_type, integer, items, may, needs, number, obj, one_of, string
from .objects import CONVERSATION, TYPE, URL, USER

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
STYLE = obj({name: may(boolean) for name in _STYLES})
_MAX = 500

INLINE = by_type(
    {
        "text": obj({"type": TYPE, "text": needs(string(40_000)), "style": may(STYLE)}),
        "link": obj(
            {
                "type": TYPE,
                "url": needs(URL),
                "text": may(string(3000)),
                "unsafe": may(boolean),
                "style": may(STYLE),
            }
        ),
        "emoji": obj(
            {
                "type": TYPE,
                "name": needs(string(255)),
                "unicode": may(string(255)),
                "skin_tone": may(integer(1, 6)),
                "style": may(STYLE),
                "display_url": may(URL),
            }
        ),
        "user": obj({"type": TYPE, "user_id": needs(USER), "style": may(STYLE)}),
        "channel": obj({"type": TYPE, "channel_id": needs(CONVERSATION), "style": may(STYLE)}),
        "usergroup": obj({"type": TYPE, "usergroup_id": needs(string(255)), "style": may(STYLE)}),
        "broadcast": obj({"type": TYPE, "range": needs(one_of("here", "channel", "everyone")), "style": may(STYLE)}),
        "color": obj({"type": TYPE, "value": needs(string(255)), "style": may(STYLE)}),
        "date": obj(
            {
                "type": TYPE,
                "timestamp": needs(number),
                "format": needs(string(255)),
                "url": may(URL),
                "fallback": may(string(3000)),
                "style": may(STYLE),
            }
        ),
    }
)
_INLINES = items(INLINE, high=_MAX)
_SECTION = obj({"type": TYPE, "elements": needs(_INLINES)})
_LIST = obj(
    {
        "type": TYPE,
        "style": needs(one_of("bullet", "ordered")),
        "elements": needs(items(by_type({"rich_text_section": _SECTION}), low=1, high=_MAX)),
        "indent": may(integer(0, 8)),
        "offset": may(integer(0, 10_000)),
        "border": may(integer(0, 1)),
    }
)
_PREFORMATTED = obj(
    {"type": TYPE, "elements": needs(_INLINES), "border": may(integer(0, 1)), "language": may(anything)}
)
_QUOTE = obj({"type": TYPE, "elements": needs(_INLINES), "border": may(integer(0, 1))})

PARTS = items(
    by_type(
        {
            "rich_text_section": _SECTION,
            "rich_text_list": _LIST,
            "rich_text_preformatted": _PREFORMATTED,
            "rich_text_quote": _QUOTE,
        }
    ),
    high=_MAX,
)
