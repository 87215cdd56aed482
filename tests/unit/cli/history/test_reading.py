"""Reading from S3 and by several processes: everything comes back, or its absence is told."""

import gzip
import io
import json
import tempfile

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from moto import mock_aws

from rootwatch.archive import Damage, Found
from rootwatch_cli.history import batch, fetching, s3
from rootwatch_cli.history.files import LogFile, SetAside, list_files
from rootwatch_cli.history.reading import ReadingError, read_all
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.history.totals import Totals
from tests.support.records import after, sign_in_body

BUCKET = "amzn-s3-demo-bucket"
FOLDER = "AWSLogs/o-exampleorgid/111122223333/CloudTrail/us-east-1/2026/11/24"


def content(*bodies: object) -> bytes:
    return gzip.compress(json.dumps({"Records": bodies}).encode())


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3.client.cache_clear()
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        for number in range(40):
            client.put_object(
                Bucket=BUCKET, Key=f"{FOLDER}/{number:02}.json.gz", Body=content(sign_in_body(after(number)))
            )
        yield client
        s3.client.cache_clear()


def read(files: object, totals: Totals | None = None) -> list[Found | Damage]:
    return list(read_all(files, Selection(), None, totals=totals or Totals()))


def test_every_object_is_read_and_every_byte_counted(bucket, monkeypatch):
    monkeypatch.setattr(batch, "_MOST_FILES", 16)
    totals = Totals()
    changes = []
    results = read_all(
        list_files([f"s3://{BUCKET}/"], Selection()),
        Selection(),
        None,
        totals=totals,
        progress=lambda: changes.append(totals.files),
    )
    found = list(results)
    assert sorted(one.file for one in found) == [f"s3://{BUCKET}/{FOLDER}/{number:02}.json.gz" for number in range(40)]
    assert {one.item.account for one in found} == {"111122223333"}
    assert (totals.files, totals.listed, totals.found, totals.is_listed) == (40, 40, 40, True)
    assert totals.bytes == totals.listed_bytes > 0
    assert changes == [16, 32, 40]


def test_an_object_that_is_gone_or_refused_is_damage_and_all_others_are_read(bucket):
    files = list(list_files([f"s3://{BUCKET}/"], Selection()))
    bucket.delete_object(Bucket=BUCKET, Key=f"{FOLDER}/07.json.gz")
    totals = Totals()
    results = read(files, totals)
    assert sum(isinstance(one, Found) for one in results) == 39
    (damage,) = totals.damaged
    assert damage.file == f"s3://{BUCKET}/{FOLDER}/07.json.gz"
    assert damage.reason.startswith("can't be fetched (NoSuchKey: ")


class Breaking(io.BytesIO):
    """A stream that breaks off in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ReadTimeoutError(endpoint_url="https://example.com")
        return super().read(5)


@pytest.mark.parametrize(("breaks", "is_read"), [(1, True), (3, True), (4, False)])
def test_a_stream_that_breaks_is_read_again_from_its_beginning_and_given_up_in_the_end(bucket, breaks, is_read):
    left = [breaks]

    def break_off(parsed: dict, **_: object) -> None:
        if left[0]:
            left[0] -= 1
            parsed["Body"] = StreamingBody(Breaking(content(sign_in_body())), 1000)

    s3.client(None).meta.events.register("after-call.s3.GetObject", break_off)
    key = f"{FOLDER}/00.json.gz"
    (one,) = read([LogFile(name=f"s3://{BUCKET}/{key}", size=1, bucket=BUCKET, key=key)])
    assert isinstance(one, Found) is is_read
    if isinstance(one, Damage):
        assert one.reason == "can't be fetched (ReadTimeoutError)"


def test_a_large_object_does_not_stay_in_memory(bucket, monkeypatch):
    monkeypatch.setattr(fetching, "_IN_MEMORY", 10)
    assert len(read(list_files([f"s3://{BUCKET}/{FOLDER}/0"], Selection()))) == 10


def test_what_is_set_aside_and_what_cannot_be_listed_are_counted():
    totals = Totals()
    listed = [
        SetAside(name="a", reason="a digest file"),
        SetAside(name="b", reason="a digest file"),
        Damage("c", 0, "x"),
    ]
    assert read(listed, totals) == []
    assert (totals.set_aside, totals.damaged, totals.files) == ({"a digest file": 2}, [Damage("c", 0, "x")], 0)


def test_several_processes_find_what_one_finds_and_local_files_that_cannot_be_opened_are_told(tmp_path):
    for number in range(150):
        (tmp_path / f"{number:03}.json.gz").write_bytes(content(sign_in_body(after(number))))
    files = [*list_files([str(tmp_path)], Selection()), LogFile(name=str(tmp_path / "gone.json"), size=5)]
    one = read(files)
    two = list(read_all(files, Selection(), None, totals=Totals(), jobs=2))
    assert {str(each) for each in one} == {str(each) for each in two}
    assert [each.reason for each in one if isinstance(each, Damage)] == ["can't be read (No such file or directory)"]


def test_a_process_that_dies_ends_the_reading_with_one_sentence(tmp_path):
    for number in range(100):
        (tmp_path / f"{number}.json").write_bytes(content(sign_in_body()))
    files = list_files([str(tmp_path)], Selection())
    # Unpickling it in the worker ends the worker, as the kernel would for want of memory.
    with pytest.raises(ReadingError, match="ended by itself"):
        list(read_all(files, Deadly(), None, totals=Totals(), jobs=2))


class Deadly(Selection, frozen=True):
    """Ends the process that it arrives in."""

    def __reduce__(self) -> tuple:
        import os

        return (os._exit, (9,))


def test_standard_input_is_read_here_and_not_by_a_process_that_has_none(tmp_path, monkeypatch):
    for number in range(100):
        (tmp_path / f"{number}.json").write_bytes(content(sign_in_body(after(number))))
    given = content(sign_in_body(after(100)))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    totals = Totals()
    files = list_files([str(tmp_path), "-"], Selection())
    results = list(read_all(files, Selection(), None, totals=totals, jobs=2))
    assert len(results) == 101
    assert "-" in {one.file for one in results}
    assert totals.bytes == totals.listed_bytes + len(given)


def test_what_a_shell_hands_over_is_read_here_too(tmp_path):
    for number in range(100):
        (tmp_path / f"{number}.json").write_bytes(content(sign_in_body(after(number))))
    with tempfile.TemporaryFile() as handed:
        handed.write(content(sign_in_body(after(100))))
        handed.seek(0)
        name = f"/dev/fd/{handed.fileno()}"
        results = list(
            read_all(list_files([str(tmp_path), name], Selection()), Selection(), None, totals=Totals(), jobs=2)
        )
    assert [one for one in results if isinstance(one, Damage)] == []
    assert name in {one.file for one in results}


def test_what_comes_through_a_pipe_is_counted(monkeypatch):
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    given = content(sign_in_body())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Pipe(given)))
    totals = Totals()
    assert len(read(list_files(["-"], Selection()), totals)) == 1
    assert (totals.bytes, totals.files) == (len(given), 1)
