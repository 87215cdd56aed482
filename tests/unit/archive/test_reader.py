"""The engine against the plain way of reading, gzip and JSON and the core's own decision, on all that we know of."""

import gzip
import io
import json

import pytest

from rootwatch.archive import Damage, Found, read_log_file, search, unpack
from rootwatch.archive import ordinary as ordinary_files
from rootwatch.archive.reader import Size
from rootwatch.archive.words import Words, words
from rootwatch.core.record import Record
from tests.support.oracle import (
    NAME,
    by_engine,
    by_hand,
    corpus,
    is_ours,
    log_file,
    ordinary,
    packed,
    told,
    watch_events,
)

CORPUS = corpus()
SEARCHES = {"packed": search.packed, "libc": search.libc, "plain": search.plain}


@pytest.fixture(params=SEARCHES)
def _each_search(request, monkeypatch):
    ours = Words(words(), SEARCHES[request.param])
    monkeypatch.setattr("rootwatch.archive.reader.our_words", lambda: ours)


@pytest.fixture(params=["isal", "zlib"])
def _each_unpacker(request, monkeypatch):
    if request.param == "zlib":
        monkeypatch.setattr(unpack, "fastest", lambda: unpack.STANDARD)
    else:
        pytest.importorskip("isal")
        assert unpack.fastest() is not unpack.STANDARD


def test_the_corpus_is_not_empty_and_most_of_it_concerns_us():
    ours = [name for name, record in CORPUS.items() if by_hand(log_file([record]))]
    assert len(CORPUS) > 500
    assert len(ours) > 400
    assert all(by_hand(log_file([record])) for record in watch_events().values())


@pytest.mark.usefixtures("_each_search", "_each_unpacker")
def test_all_records_in_one_file_are_found_as_by_hand():
    records = [ordinary(0)]
    for number, record in enumerate(CORPUS.values()):
        records += [record, ordinary(number + 1)]
    text = log_file(records)
    assert by_engine(packed(text))[0] == by_hand(text)


@pytest.mark.usefixtures("_each_search")
def test_each_record_between_others_is_found_as_by_hand():
    for name, record in CORPUS.items():
        text = log_file([ordinary(1), record, ordinary(2)])
        assert by_engine(text)[0] == by_hand(text), name


def test_each_record_alone_is_found_as_by_hand():
    for name, record in CORPUS.items():
        text = log_file([record])
        assert by_engine(packed(text))[0] == by_hand(text), name


def test_other_people_s_days_are_not_parsed(monkeypatch):
    monkeypatch.setattr(ordinary_files, "split", lambda _: pytest.fail("a record was parsed"))
    text = log_file(ordinary(number) for number in range(2000))
    assert by_engine(packed(text)) == ([], [])
    assert by_hand(text) == []


@pytest.mark.parametrize("dumps", [None, json.dumps, lambda value: json.dumps(value, indent=2)])
def test_json_lines_and_other_spacing_are_read_too(dumps):
    records = [ordinary(1), *watch_events().values(), ordinary(2)]
    write = dumps or (lambda value: json.dumps(value, separators=(",", ":")))
    for text in (log_file(records, dumps), "\n".join(map(write, records)).encode(), write(records).encode()):
        assert by_engine(text)[0] == by_hand(text)
        assert len(by_hand(text)) == len(records) - 2
        assert by_engine(text)[1] == []


def test_files_that_were_put_together_are_read_to_their_end():
    events = list(watch_events().values())
    text = log_file([ordinary(1), events[0]]) + log_file([events[1], ordinary(2)]) + b"\n" + log_file([events[2]])
    for content in (text, packed(text, 700, 1400), packed(text) + b"\0" * 100):
        found, damage = by_engine(content)
        assert told(found) == told(by_hand(text))
        assert len(found) == 3
        assert damage == []


def test_a_record_is_found_wherever_the_pieces_of_its_file_meet():
    text = log_file([ordinary(1), next(iter(watch_events().values())), ordinary(2)])
    expected = by_hand(text)
    assert len(expected) == 1
    for cut in range(1, len(text)):
        assert by_engine(packed(text, cut)) == (expected, []), cut


def like_records(*more):
    """What begins like records, in a list: one that would be root's use, and others before and behind it."""
    used = dict(next(iter(CORPUS.values())) | {"eventVersion": "1.08"})
    head = {"eventVersion": used.pop("eventVersion")}
    forged = {**head, **used, "eventID": "forged", "userIdentity": {"type": "Root", "accountId": "111122223333"}}
    return [*more, {**head, "a": 1}, forged, {**head, "b": 2}]


@pytest.mark.parametrize("more", [(), ({"c": 3},), (0, "text"), ([],)])
@pytest.mark.parametrize("behind", [0, 2])
def test_what_only_looks_like_a_record_inside_of_another_is_none_wherever_the_pieces_meet(more, behind):
    outer = ordinary(2) | {"requestParameters": {"list": like_records(*more)}}
    event = next(iter(watch_events().values()))
    text = log_file([ordinary(1), event, outer, *[ordinary(9)] * behind])
    expected = by_hand(text)
    assert len(expected) == 1
    for cut in range(text.index(b"requestParameters"), len(text), 7):
        assert by_engine(packed(text, cut)) == (expected, []), cut


def test_where_such_a_list_is_what_concerns_us_all_of_it_is_one_record():
    outer = next(iter(watch_events().values())) | {"additionalEventData": {"list": like_records()}}
    text = log_file([ordinary(1), outer, ordinary(2)])
    assert by_engine(packed(text)) == (by_hand(text), [])
    assert len(by_hand(text)) == 1


def test_a_file_without_a_place_in_its_name_is_believed_for_its_records_account():
    found, _ = by_engine(log_file([ordinary(1), next(iter(watch_events().values()))]), "copy.json")
    assert [item.envelope for item in found] == [None]


def test_a_stream_that_can_t_seek_is_read():
    class OneWay(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise OSError("it can't seek")

    text = log_file([ordinary(1), *watch_events().values()])
    results = list(read_log_file(OneWay(packed(text)), NAME, is_ours))
    assert [one.item for one in results if isinstance(one, Found)] == by_hand(text)


def test_what_is_read_is_counted():
    size = Size()
    text = log_file([ordinary(1)])
    list(read_log_file(io.BytesIO(packed(text)), NAME, is_ours, size))
    assert size.unpacked == len(text)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"\x1f\x8b", "is cut short"),
        (gzip.compress(b'{"Records":[]}', mtime=0)[:-3], "is cut short"),
        (gzip.compress(b'{"Records":[]}', mtime=0) + b"and so on", "is followed by what is no gzip"),
        (b'{"digestStartTime":"2026-11-24T12:00:00Z"}', "it is a digest file, not a log file"),
        (b'{"Records":7}', "its Records are not a list"),
        (b'{"Records":[7]}', "it is not a JSON object"),
        (b"<html>", "it is not valid JSON"),
        (log_file([ordinary(1)])[:-1], "it is not valid JSON"),
        (log_file([ordinary(1)])[:-2], "it is not valid JSON"),
        (log_file([ordinary(1), ordinary(2)])[:-100], "it is not valid JSON"),
    ],
)
def test_what_can_t_be_read_is_said(content, reason):
    found, damage = by_engine(content)
    assert found == []
    assert [one.reason for one in damage] == [reason]
    assert {one.file for one in damage} == {NAME}


def test_where_a_damage_begins_is_said():
    whole = log_file([ordinary(1), ordinary(2)])
    (damage,) = by_engine(whole[:-100])[1]
    assert damage == Damage(NAME, whole.index(b'{"eventVersion"', 20), "it is not valid JSON")
    packed_file = packed(whole)
    (broken, _) = sorted(by_engine(packed_file[:-30])[1], key=lambda one: not one.packed)
    assert broken == Damage(NAME, len(packed_file) - 30, "is cut short", packed=True)


def test_an_empty_log_file_is_no_damage():
    assert by_engine(b'{"Records":[]}') == ([], [])
    assert by_engine(packed(b'{"Records":[]}\n')) == ([], [])


def test_a_record_that_mentions_root_and_is_cut_off_is_found():
    root = next(record for record in CORPUS.values() if isinstance(record, dict) and "Root" in json.dumps(record))
    text = log_file([ordinary(1), root])[:-20]
    found, damage = by_engine(packed(text))
    assert told(found) == told(by_hand(text))
    assert len(found) == 1
    assert not isinstance(found[0], Record)
    assert len(damage) == 1
