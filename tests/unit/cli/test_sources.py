"""What comes out of files: plain or gzip, in any encoding that JSON has, whole or damaged."""

import gzip
import json
import time
from pathlib import Path

import pytest

from rootwatch.archive.unpack import gunzip
from rootwatch_cli.sources import Source, read_sources
from tests.support.records import body, sign_in_body

RECORDS = [sign_in_body(), body("CreateUser", requestParameters={"userName": "ana \U0001f511 é"})]
TEXT = json.dumps(RECORDS, ensure_ascii=False)


@pytest.fixture
def read(tmp_path):
    def source(content: bytes) -> Source:
        file = tmp_path / "file"
        file.write_bytes(content)
        (one,) = read_sources((str(file),))
        return one

    return source


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_file_is_read_in_every_encoding_that_json_has(read, encoding, pack):
    source = read(pack(TEXT.encode(encoding)))
    assert (source.values, source.damage) == ([RECORDS], None)


def test_bytes_that_are_no_utf_8_cost_no_record(read):
    source = read(TEXT.encode().replace("é".encode(), b"\xff"))
    assert source.values[0][0] == RECORDS[0]
    assert len(source.values[0]) == 2


def test_every_member_of_a_gzip_file_is_read_and_padding_is_allowed(read):
    members = [gzip.compress(json.dumps(record).encode() + b"\n") for record in RECORDS]
    for content in (b"".join(members), b"".join(members) + b"\0" * 512, members[0] + b"\0" * 7 + members[1]):
        source = read(content)
        assert (source.values, source.damage) == (RECORDS, None)


def test_of_a_gzip_file_that_was_cut_all_that_can_be_read_is_read(read):
    content = gzip.compress("\n".join(json.dumps(body(f"Call{n}")) for n in range(200)).encode())
    counts = []
    for cut in range(1, len(content), 50):
        source = read(content[:cut])
        assert source.damage is not None
        counts.append(len(source.values))
    assert counts == sorted(counts)
    assert counts[-1] > 150


@pytest.mark.parametrize("member", [0, 1, 2])
def test_of_a_damaged_gzip_file_all_before_the_damage_is_read(read, member):
    members = [gzip.compress(json.dumps(body(f"Call{n}") | {"x": "y" * 50_000}).encode() + b"\n") for n in range(3)]
    damaged = bytearray(members[member])
    damaged[-6] ^= 0xFF  # the checksum
    source = read(b"".join([*members[:member], bytes(damaged)]))
    assert len(source.values) == member + 1
    assert source.damage is not None
    assert source.damage.endswith("is damaged gzip")


def test_what_stands_after_the_last_member_is_said(read):
    source = read(gzip.compress(TEXT.encode()) + b"and so on")
    assert source.values == [RECORDS]
    assert source.damage is not None


@pytest.mark.parametrize("content", [b"", gzip.compress(b"")], ids=["plain", "gzip"])
def test_an_empty_file_is_said_to_be_empty(read, content):
    source = read(content)
    assert source.values == []
    assert source.damage is not None
    assert source.damage.endswith("is empty")


@pytest.mark.parametrize("content", [b"\x1f\x8b", b"\x1f\x8b\x08", b"\x1f\x8bnope", b"\0\0\0", b"\xff\xfe", b"\x89PNG"])
def test_what_is_no_json_at_all_is_said_and_yields_nothing(read, content):
    source = read(content)
    assert source.values == []
    assert source.damage is not None


def test_a_missing_file_and_a_folder_are_said_and_the_others_are_read(tmp_path):
    good = tmp_path / "good.json"
    good.write_text(TEXT)
    missing, folder, whole = read_sources((str(tmp_path / "missing"), str(tmp_path), str(good)))
    assert missing.damage == f"{tmp_path / 'missing'} can't be read (No such file or directory)"
    assert folder.damage == f"{tmp_path} is a folder, which rootwatch scan and replay read"
    assert whole.values == [RECORDS]


def test_twice_the_members_take_no_more_than_thrice_the_time():
    member = gzip.compress(json.dumps(body("ListUsers")).encode() + b"\n")
    assert any(_seconds(member * 8000) < 3 * _seconds(member * 4000) + 0.02 for _ in range(5))


def test_twice_the_bytes_before_damage_take_no_more_than_thrice_the_time():
    def damaged(size: int) -> bytes:
        content = bytearray(gzip.compress(b"".join(b"%d " % n for n in range(size))))
        content[-6] ^= 0xFF
        return bytes(content)

    small, large = damaged(200_000), damaged(400_000)
    assert any(_seconds(large) < 3 * _seconds(small) + 0.02 for _ in range(5))


def _seconds(content: bytes) -> float:
    start = time.perf_counter()
    gunzip(content)
    return time.perf_counter() - start


def test_the_source_is_named_as_the_user_named_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("cut.json").write_text(TEXT[:-1])
    (source,) = read_sources(("cut.json",))
    assert source.damage == f"cut.json is not valid JSON at character {len(TEXT) - 1}"
