"""Slack's mrkdwn: texts from records are shown as they are, and can neither format, link, nor ring anybody's telephone.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from typing import Final

_MARKS: Final = str.maketrans({"*": "\N{ASTERISK OPERATOR}", "~": "\N{TILDE OPERATOR}", "`": "'"})
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Slack takes _ and :word: as marks at the edge of a word only: names such as my_role and ARNs stay as they are.
_EDGE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_SHORTCODE: Final = re.compile(r"(?<![A-Za-z0-9:]):(?=[A-Za-z0-9_+'-]+:)")
_AT: Final = re.compile(r"(?<![\w.])@(?=channel|here|everyone)", re.IGNORECASE)


def escape(text: str) -> str:
    """The text with Slack's three entities escaped and its marks replaced by look-alikes."""
    text = _EDGE.sub("\N{MODIFIER LETTER LOW MACRON}", text.translate(_MARKS))
    text = _AT.sub("\N{FULLWIDTH COMMERCIAL AT}", _SHORTCODE.sub("\N{RATIO}", text))
    return text.translate(_ENTITIES)


def link(url: str, text: str) -> str:
    """A link of ours; ``url`` is one that ``links`` made."""
    return f"<{url}|{escape(text)}>"
