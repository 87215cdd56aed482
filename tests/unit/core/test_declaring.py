"""What the command writes into a tag, the parser reads back; what it would refuse is refused before any call."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.declaring import Asked, written
from rootwatch.core.window import COVERABLE, NotAWindowError, parse
from tests.support.records import ACCOUNT, NOON, after

UNTIL = after(120)
WORDS = st.from_regex(r"[\w.:/=+@-]{1,40}", fullmatch=True)


def test_a_whole_declaration_reads_as_a_person_would_write_it():
    asked = Asked(
        until=UNTIL,
        begins=after(30),
        ticket="SEC-142",
        by="ana@example.com",
        net="198.51.100.0/24",
        covers=("mfa", "contact"),
        note="quarterly  restore test",
    )
    value, window = written(ACCOUNT, asked, NOON)
    assert value == (
        "until=2026-11-24T14:00Z from=2026-11-24T12:30Z ticket=SEC-142 by=ana@example.com net=198.51.100.0/24 "
        "covers=mfa/contact quarterly restore test"
    )
    assert (window.start, window.until, window.ticket) == (after(30), UNTIL, "SEC-142")


@given(
    minutes=st.integers(1, 720),
    begins=st.none() | st.integers(0, 719),
    seconds=st.integers(0, 59),
    ticket=st.none() | WORDS,
    by=st.none() | WORDS,
    net=st.none() | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str),
    covers=st.lists(st.sampled_from(sorted(COVERABLE)), unique=True),
    note=st.text(max_size=60),
)
def test_what_is_written_the_parser_reads_back_or_it_is_refused(
    minutes, begins, seconds, ticket, by, net, covers, note
):
    asked = Asked(
        until=after(minutes) + timedelta(seconds=seconds),
        begins=None if begins is None else after(begins),
        ticket=ticket,
        by=by,
        net=net,
        covers=tuple(covers),
        note=note,
    )
    try:
        value, window = written(ACCOUNT, asked, NOON)
    except NotAWindowError:
        return
    assert parse(ACCOUNT, value, set_at=NOON) == window
    assert (window.until, window.ticket, window.by) == (asked.until, ticket, by)
    assert window.covers == tuple(covers)
    assert window.start == (asked.begins or NOON)
    assert bool(window.nets) == bool(net)


@given(minutes=st.integers(1, 719), ticket=WORDS, covers=st.lists(st.sampled_from(sorted(COVERABLE)), unique=True))
def test_what_is_well_formed_is_never_refused(minutes, ticket, covers):
    value, _ = written(ACCOUNT, Asked(until=after(minutes), ticket=ticket, covers=tuple(covers)), NOON)
    assert len(value) <= 256


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"until": after(-1)}, "ended before it began"),
        ({"until": after(721)}, "longer than 12 hours"),
        ({"begins": after(-5)}, "never reaches back"),
        ({"begins": UNTIL}, "ended before it began"),
        ({"ticket": "SEC 142"}, "ticket= must be one word"),
        ({"ticket": ""}, "ticket= must be one word"),
        ({"by": "ana\nroot"}, "by= must be one word"),
        ({"ticket": "SEC;142"}, "characters that tags don't allow"),
        ({"ticket": "`id`"}, "characters that tags don't allow"),
        ({"net": "office"}, "net= can't be read"),
        ({"covers": ("keys",)}, "covers="),
        ({"note": "covers=mfa"}, "free words"),
        ({"note": "until=2026-11-25T18:00Z"}, "until= twice"),
        ({"note": "x" * 240}, "a tag holds 256"),
    ],
)
def test_what_the_parser_would_refuse_is_refused_in_a_sentence(changes, says):
    asked = {"until": UNTIL, **changes}
    with pytest.raises(NotAWindowError, match=says):
        written(ACCOUNT, Asked(**asked), NOON)
