"""What is fuzzed: each takes any bytes, and raises if something is not as promised."""

from collections.abc import Callable
from typing import Final

from rootwatch.catalogue import load
from rootwatch.core.decide import decide
from rootwatch.core.ports import Known
from rootwatch.core.reading import read_text
from rootwatch.core.record import Item
from rootwatch.core.scopes import needs
from rootwatch.core.window import LONGEST, NotAWindowError, parse
from rootwatch.render.pagerduty import pagerduty
from rootwatch.render.slack import slack
from rootwatch.render.sns import sns
from tests.support.records import ACCOUNT, NOON, settings

_SETTINGS: Final = settings()
_SLACK_BLOCKS: Final = 50
_MOST_RECORDS: Final = 20  # of one input are decided on


def reading(data: bytes) -> None:
    """Any text is read, decided on and told, on every channel: nothing raises, and each thing in it has its key."""
    items = list(read_text(data.decode("utf-8", "replace")))
    again = list(read_text(data.decode("utf-8", "replace")))
    assert [item.key for item in items] == [item.key for item in again], "the same bytes are the same records"
    for item in items[:_MOST_RECORDS]:
        assert item.key
        _tell(item)


def window(data: bytes) -> None:
    """Any value of the tag is a window that is no longer than it may be, or is none."""
    try:
        made = parse(ACCOUNT, data.decode("utf-8", "replace"), set_at=NOON)
    except NotAWindowError:
        return
    assert made.start < made.until <= made.start + LONGEST
    assert made.start >= NOON


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {"reading": reading, "window": window}


def _tell(item: Item) -> None:
    needs(item, _SETTINGS, NOON)
    plan = decide(item, Known(), _SETTINGS, load(), NOON)
    for notice in plan.notices:
        message = sns(notice, _SETTINGS)
        assert 0 < len(message.subject) < 100
        assert message.subject.isascii()
        assert len(message.message.encode()) < 262_144
        assert len(slack(notice, _SETTINGS).blocks) <= _SLACK_BLOCKS
        assert pagerduty(notice, _SETTINGS).bodies
