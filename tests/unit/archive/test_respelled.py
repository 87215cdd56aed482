"""Nothing hides from the engine: not in escapes, white space, encodings, members or pieces, and not in damaged text."""

import io
import json
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.archive import unpack
from rootwatch.archive.unpack import gunzip
from rootwatch.core.record import Unreadable
from tests.support.oracle import by_engine, by_hand, corpus, log_file, ordinary, packed, told, watch_events
from tests.support.records import body

CORPUS = list(corpus().values())
EVENTS = list(watch_events().values())
_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


def respelled(value: object, rng: random.Random) -> str:
    """The same JSON value, with letters as escapes of either case and white space where it may stand."""
    share = rng.choice([0.0, 0.02, 0.3])

    def text(string: str) -> str:
        return "".join(
            rng.choice([f"\\u{ord(letter):04x}", f"\\u{ord(letter):04X}"])
            if letter.isascii() and rng.random() < share
            else json.dumps(letter)[1:-1]
            for letter in string
        )

    def space() -> str:
        return rng.choice(["", "", "", " ", "\t", "\r\n"]) if share else ""

    def write(part: object) -> str:
        if isinstance(part, str):
            return f'"{text(part)}"'
        if isinstance(part, dict):
            fields = ",".join(f"{space()}{write(key)}{space()}:{space()}{write(item)}" for key, item in part.items())
            return f"{{{fields}{space()}}}"
        if isinstance(part, list):
            return f"[{space()}{','.join(space() + write(item) for item in part)}]"
        return json.dumps(part)

    return write(value)


@given(st.sampled_from(CORPUS), st.integers(0, 1 << 32))
def test_a_respelled_record_is_found(record, seed):
    rng = random.Random(seed)
    text = log_file(
        [ordinary(1), record, ordinary(2)], lambda value: respelled(value, rng) if value is record else _plain(value)
    )
    assert told(by_engine(text)[0]) == told(by_hand(text))


def _plain(value):
    return json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize("digits", [str.lower, str.upper])
def test_every_watch_event_is_found_with_each_of_its_letters_in_escapes(digits):
    for event in EVENTS:
        name = event["eventName"]
        for at in range(len(name)):
            escape = digits(f"{ord(name[at]):04x}")
            text = log_file([ordinary(1), event]).replace(
                f'"{name}"'.encode(), f'"{name[:at]}\\u{escape}{name[at + 1 :]}"'.encode()
            )
            assert len(by_engine(text)[0]) == 1, (name, at)


@pytest.mark.parametrize(
    "name", ["Root", "root", "ROOT", "rOoT", " Root", "Root\t", "\u200eRoot", "Root\u00a0", "\x7fRoot"]
)
@pytest.mark.parametrize("escaped", [True, False])
def test_root_is_found_however_its_type_is_spelled(name, escaped):
    record = body("ListUsers", userIdentity={"type": name, "arn": "arn:aws:iam::111122223333:user/ana"})
    text = log_file([ordinary(1), record], lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=escaped))
    assert by_engine(text)[0] == by_hand(text)
    assert len(by_hand(text)) == 1


def test_no_letter_but_ascii_s_own_becomes_one_of_root_in_small_letters():
    others = [chr(number) for number in range(128, 0x110000) if set(chr(number).lower()) & set("root")]
    assert others == []


@pytest.mark.parametrize("encoding", _ENCODINGS)
def test_every_encoding_that_json_has_is_read(encoding):
    text = log_file([ordinary(1), *EVENTS]).decode().encode(encoding)
    found, damage = by_engine(packed(text))
    assert (found, damage) == (by_hand(text), [])
    assert len(found) == len(EVENTS)


@given(st.lists(st.sampled_from(CORPUS), max_size=4), st.lists(st.integers(0, 20_000), max_size=6), st.integers(0, 3))
def test_members_may_begin_anywhere(records, cuts, between):
    text = log_file([*(ordinary(number) for number in range(between)), *records, ordinary(9)])
    assert told(by_engine(packed(text, *(cut % len(text) for cut in cuts)))[0]) == told(by_hand(text))


@given(st.lists(st.sampled_from(CORPUS), min_size=1, max_size=3), st.data())
def test_bytes_that_were_changed_lose_nothing_but_what_they_touched(records, data):
    text = bytearray(log_file([ordinary(1), *records, ordinary(2)]))
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    found, _ = by_engine(bytes(text))
    expected = by_hand(bytes(text))
    assert _records(found) == _records(expected)
    assert any(isinstance(item, Unreadable) for item in found) == any(isinstance(item, Unreadable) for item in expected)


@given(st.lists(st.sampled_from(CORPUS), min_size=1, max_size=3), st.data())
def test_a_text_that_was_cut_gives_all_before_the_cut(records, data):
    text = log_file([ordinary(1), *records, ordinary(2)])
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    found, damage = by_engine(cut)
    assert told(found) == told(by_hand(cut))
    assert damage


@given(st.lists(st.sampled_from(CORPUS), min_size=1, max_size=3), st.data())
def test_damaged_gzip_gives_what_can_be_unpacked(records, data):
    text = log_file([ordinary(1), *records, ordinary(2)])
    content = bytearray(packed(text, *data.draw(st.lists(st.integers(1, len(text) - 1), max_size=3))))
    at = data.draw(st.integers(2, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    cut = bytes(content[: data.draw(st.integers(2, len(content)))])
    found, damage = by_engine(cut)
    unpacked, broken = gunzip(cut)
    assert _records(found) == _records(by_hand(unpacked))
    assert any(one.packed for one in damage) is (broken is not None)


def _records(items):
    return [item.key for item in items if not isinstance(item, Unreadable)]


def test_both_unpackers_give_the_same_bytes_of_damaged_files():
    text = log_file(ordinary(number) for number in range(50))
    content = packed(text, 20_000)
    for cut in range(2, len(content), 37):
        broken = content[:cut] + bytes([content[cut] ^ 0x55]) + content[cut + 1 :]
        for damaged in (content[:cut], broken):
            fast, standard = (_all_of(damaged, engine) for engine in (unpack.fastest(), unpack.STANDARD))
            assert fast == standard


def _all_of(content, engine):
    return b"".join(part for part in unpack.unpacked(io.BytesIO(content), engine) if isinstance(part, bytes))


def test_a_large_damaged_file_gives_each_byte_before_the_damage_once():
    text = log_file(ordinary(number) for number in range(4_000))
    content = packed(text, len(text) // 3)
    assert len(text) > 4 * 2**19, "several pieces"
    for cut in range(100, len(content), len(content) // 20):
        assert _all_of(content[:cut], unpack.fastest()) == _by_zlib(content[:cut])


def test_what_follows_a_sound_member_is_looked_at_once():
    text = log_file(ordinary(number) for number in range(2_000))
    member = packed(text)
    for between in (b"\0" * 700, b"", b"no gzip", b"\x1f"):
        parts = list(unpack.unpacked(io.BytesIO(member + between + member)))
        assert b"".join(part for part in parts if isinstance(part, bytes)) == text + text
        assert any(isinstance(part, unpack.Broken) for part in parts) is bool(between.strip(b"\0"))


def _by_zlib(content):
    found = b""
    while content:
        member = zlib.decompressobj(31)
        found += member.decompress(content)
        content = member.unused_data
    return found
