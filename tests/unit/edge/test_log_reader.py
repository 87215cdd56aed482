"""From the news of an object to records: what is read, refused, ignored, counted; and that damage is told once."""

import gzip
import json

import pytest

from rootwatch.core.ports import StoreDownError
from rootwatch.edge.log_files import LogFileError
from tests.support.log_files import BUCKET, log_file, log_file_key, object_created
from tests.support.records import ACCOUNT, OTHER, after, body, sign_in_body, tag
from tests.support.two_paths import TwoPaths

DAMAGED = "unreadable-log-file"
NEIGHBOUR = body("RunInstances", userIdentity={"type": "IAMUser", "userName": "ana"})


def with_file(content, key=None, **settings):
    """Both paths, and a file in the bucket of which S3 has told."""
    both = TwoPaths(**settings)
    both.now = after(6)
    key = key or log_file_key()
    both.bucket.files[key] = content
    return both, key


def test_of_all_records_in_a_file_those_that_concern_us_are_taken_in():
    both, key = with_file(log_file(NEIGHBOUR, sign_in_body(), NEIGHBOUR, body("CreateUser")))
    both.read(object_created(key))
    assert [fact.action for fact in both.facts] == ["ConsoleLogin", "CreateUser"]
    assert len(both.store.marks) == 2, "nobody else's day is kept"
    assert both.counted.total("LogFileRecords") == 2


def test_what_was_read_is_counted_with_its_size_and_lateness():
    content = log_file(sign_in_body())
    both, key = with_file(content)
    both.read(object_created(key))
    assert both.counted.values == {
        "LogFileBytes": [len(content)],
        "LogFileRecords": [1],
        "LogFileLateness": [360.0],
        "LogFilesRead": [1],
    }


def test_the_version_that_was_written_is_the_one_that_is_read():
    both, key = with_file(log_file(NEIGHBOUR))
    both.read(object_created(key, version="3sL4kqtJlcpXroDTDmJ"))
    assert both.bucket.fetched == [(key, "3sL4kqtJlcpXroDTDmJ")]


def test_the_account_of_a_record_is_that_of_its_file():
    record = {name: value for name, value in sign_in_body().items() if name != "recipientAccountId"}
    both, key = with_file(log_file(record), log_file_key(OTHER))
    both.read(object_created(key))
    assert [fact.account for fact in both.facts] == [OTHER]


@pytest.mark.parametrize(
    "message",
    [
        object_created(log_file_key(), bucket="a-member-s-own-bucket"),
        object_created(log_file_key(), source="aws.partner/example"),
        "not JSON at all",
        json.dumps({"Records": [{"s3": {"bucket": {"name": BUCKET}}}]}),
    ],
    ids=["another bucket", "another source", "no JSON", "another form"],
)
def test_what_is_not_of_our_bucket_is_refused_aloud_and_never_comes_again(message):
    both = TwoPaths()
    both.read(message)
    assert both.counted.values == {"LogFilesRefused": [1]}
    assert '"message":"a message was refused"' in both.log.getvalue()
    assert both.bucket.fetched == []


def test_the_test_event_of_s3_is_neither_read_nor_refused():
    both = TwoPaths()
    both.read(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}))
    assert both.counted.values == {}


@pytest.mark.parametrize(
    "key",
    [
        log_file_key().replace("/CloudTrail/", "/CloudTrail-Digest/"),
        log_file_key().replace("/CloudTrail/", "/CloudTrail-Insight/"),
        log_file_key().replace("/CloudTrail/", "/Config/"),
        log_file_key(prefix="uploads/"),
        log_file_key(prefix="/"),
        f"x{log_file_key()}",
        "anything.json.gz",
    ],
)
def test_what_lies_elsewhere_in_the_bucket_is_counted_and_not_read(key):
    both, key = with_file(log_file(sign_in_body()), key)
    both.read(object_created(key))
    assert both.counted.values == {"LogFilesIgnored": [1]}
    assert both.bucket.fetched == []


def test_a_trail_with_a_prefix_is_read_below_it_and_nowhere_else():
    trail = {"bucket": BUCKET, "bucket_account": OTHER, "bucket_region": "eu-central-1", "prefix": "o-exampleorgid"}
    both, key = with_file(log_file(sign_in_body()), log_file_key(prefix="o-exampleorgid/"), trail=trail)
    both.bucket.files[plain := log_file_key()] = log_file(sign_in_body())
    both.read(object_created(key)).read(object_created(plain))
    assert both.counted.total("LogFilesRead") == both.counted.total("LogFilesIgnored") == 1


def test_a_damaged_file_is_told_once_and_what_can_be_read_of_it_is_taken_in():
    text = json.dumps({"Records": [sign_in_body(mfa="No")]})
    both, key = with_file(gzip.compress(f'{text}\n{{"Records": [{{"eventName": "Ass'.encode()))
    for _ in range(3):
        both.read(object_created(key)).later(minutes=1)
    assert len(both.pages) == 1
    assert len(both.observed(DAMAGED)) == 1
    [notice] = both.told(DAMAGED)
    assert (notice.severity, notice.fact.account) == ("medium", ACCOUNT)
    assert f"s3://{BUCKET}/{key}" in notice.fact.says
    assert both.counted.total("LogFilesDamaged") == 3


def test_a_file_that_is_damaged_from_its_first_byte_is_told():
    both, key = with_file(b"\x1f\x8b this is no gzip")
    both.read(object_created(key))
    assert len(both.told(DAMAGED)) == 1


def test_many_damaged_files_are_one_notice_whatever_the_account():
    both = TwoPaths()
    for account in (ACCOUNT, OTHER) * 20:
        both.bucket.files[key := log_file_key(account)] = b"\x1f\x8b this is no gzip"
        both.read(object_created(key))
    assert [notice.type for notice in both.told(DAMAGED)] == ["opened"]
    assert [notice.type for notice in both.later(minutes=15).told(DAMAGED)] == ["opened", "digest"]


def test_an_empty_file_is_read_and_holds_nothing():
    both, key = with_file(log_file())
    both.read(object_created(key))
    assert both.counted.total("LogFilesRead") == 1
    assert both.store.marks == {}


def test_a_file_that_cannot_be_fetched_comes_again():
    both, key = with_file(log_file(sign_in_body()))
    both.bucket.fault = LogFileError("denied")
    with pytest.raises(LogFileError):
        both.read(object_created(key))
    both.bucket.fault = None
    assert len(both.read(object_created(key)).facts) == 1


def test_a_record_that_is_not_stored_stops_no_neighbour_and_its_file_comes_again(monkeypatch):
    records = [sign_in_body(), sign_in_body()]
    both, key = with_file(log_file(*records))
    commit = both.store.commit

    def refuses(plan, now):
        return "conflict" if plan.key == records[0]["eventID"] else commit(plan, now)

    monkeypatch.setattr(both.store, "commit", refuses)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(ExceptionGroup, match="not stored"):
        both.read(object_created(key))
    assert len(both.facts) == 1
    monkeypatch.undo()
    assert len(both.read(object_created(key)).facts) == 2


def test_with_the_table_down_a_file_s_root_use_is_told_all_the_same_and_it_comes_again():
    both, key = with_file(log_file(sign_in_body(mfa="No")))
    both.store.down = True
    with pytest.raises(ExceptionGroup):
        both.read(object_created(key))
    [notice] = both.seen("pagerduty")
    assert notice.duplicates_possible
    assert notice.from_log_file


def test_what_eventbridge_brought_before_costs_one_look_for_a_hundred_and_is_a_duplicate_each(monkeypatch):
    records = [body("ListUsers") for _ in range(130)]
    both, key = with_file(log_file(*records))
    both.by_eventbridge(*records)
    looks, loads = [], []
    recorded, load = both.store.recorded, both.store.load
    monkeypatch.setattr(both.store, "recorded", lambda keys: looks.append(len(keys)) or recorded(keys))
    monkeypatch.setattr(both.store, "load", lambda needs: loads.append(needs) or load(needs))
    monkeypatch.setattr(both.intake, "_metrics", both.counted)
    seen = both.facts
    both.read(object_created(key))
    assert (looks, loads) == ([100, 30], [])
    assert both.facts == seen
    assert both.counted.total("Duplicates") == 130


def test_a_file_that_was_read_in_part_goes_on_where_it_stopped(monkeypatch):
    records = [body("ListUsers") for _ in range(5)]
    both, key = with_file(log_file(*records))
    both.by_eventbridge(records[1], records[3])
    monkeypatch.setattr(both.intake, "_metrics", both.counted)
    both.read(object_created(key))
    assert len(both.facts) == 5
    assert both.counted.total("Duplicates") == 2


def test_where_the_table_cannot_say_what_is_known_each_record_is_taken_by_itself(monkeypatch):
    records = [body("ListUsers") for _ in range(3)]
    both, key = with_file(log_file(*records))
    both.by_eventbridge(records[0])

    def away(keys):
        raise StoreDownError("throttled")

    monkeypatch.setattr(both.store, "recorded", away)
    assert len(both.read(object_created(key)).facts) == 3


def test_what_a_crash_left_undone_is_done_when_the_file_comes_again(monkeypatch):
    tagged = tag("until=2026-11-24T16:00Z ticket=SEC-142").body
    both, key = with_file(log_file(tagged), log_file_key(tagged["recipientAccountId"]))
    both.by_eventbridge(sign_in_body())
    revised = []
    monkeypatch.setattr(type(both.intake._reviser), "_revise", lambda self, incident: revised.append(incident))
    for _ in range(2):
        both.read(object_created(key))
    assert len(revised) == 2
    assert len(set(revised)) == 1


def test_what_was_read_before_the_reading_broke_is_told_all_the_same(monkeypatch):
    records = [body("CreateUser"), body("ListUsers")]
    both, key = with_file(log_file(*records))
    found = both.reader._found

    def breaks(*asked):
        yield from found(*asked)
        raise MemoryError("a fault of ours")

    monkeypatch.setattr(both.reader, "_found", breaks)
    with pytest.raises(MemoryError):
        both.read(object_created(key))
    assert len(both.facts) == 2


def test_a_record_that_breaks_us_is_handed_on_to_be_told_as_unreadable(monkeypatch):
    from rootwatch.edge import log_reader

    both, key = with_file(log_file(sign_in_body(), NEIGHBOUR))
    monkeypatch.setattr(log_reader, "concerns", lambda *_: 1 / 0)
    both.read(object_created(key))
    assert len(both.store.marks) == 2
    assert len(both.facts) == 1


def test_nothing_of_a_record_s_body_is_logged():
    both, key = with_file(log_file(sign_in_body(), body("CreateUser", requestParameters={"canary": "do-not-log-me"})))
    both.read(object_created(key))
    assert "do-not-log-me" not in both.log.getvalue()
