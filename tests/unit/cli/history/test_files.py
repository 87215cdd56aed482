"""From sources to log files: folders, files and S3, nothing left out without a word."""

import boto3
import pytest
from moto import mock_aws

from rootwatch.archive import Damage
from rootwatch_cli.history import s3
from rootwatch_cli.history.files import LogFile, SetAside, list_files
from rootwatch_cli.history.selection import Selection, moment
from rootwatch_cli.settings_file import BadInputError
from tests.support.records import NOON

BUCKET = "amzn-s3-demo-bucket"
ORG = "AWSLogs/o-exampleorgid"


def key(account: str, region: str, day: str, name: str = "log") -> str:
    return f"{ORG}/{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_{name}.json.gz"


def names(sources: list[str], selection: Selection = Selection()) -> list[str]:  # noqa: B008 # it is frozen
    return [one.name for one in list_files(sources, selection) if isinstance(one, LogFile)]


def reasons(sources: list[str], selection: Selection = Selection()) -> list[str]:  # noqa: B008
    return sorted(one.reason for one in list_files(sources, selection) if isinstance(one, SetAside))


@pytest.fixture
def put(tmp_path):
    def written(path: str, content: bytes = b"{}") -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    return written


def test_a_folder_gives_its_log_files_and_says_of_all_else_why_not(put, tmp_path):
    wanted = key("111122223333", "us-east-1", "2026/11/24")
    put(wanted)
    put(key("444455556666", "us-east-1", "2026/11/24"))
    put(wanted.replace("/CloudTrail/", "/CloudTrail-Digest/"))
    put("notes.txt")
    put("plain.json")
    selection = Selection(accounts=frozenset({"111122223333"}))
    assert names([str(tmp_path)], selection) == [str(tmp_path / "plain.json"), str(tmp_path / wanted)]
    assert reasons([str(tmp_path)], selection) == [
        "a digest file",
        "not a log file by its name",
        "of another account, Region or day",
    ]


def test_a_file_that_is_named_is_read_whatever_its_ending_and_only_once(put, tmp_path):
    put("saved.txt", b"12345")
    source = str(tmp_path / "saved.txt")
    (file,) = list_files([source, source], Selection())
    assert file == LogFile(name=source, size=5)
    assert names(["-", source, "-"]) == ["-", source]


def test_from_inside_of_the_archive_the_accounts_are_told_all_the_same(put, tmp_path, monkeypatch):
    put(key("111122223333", "us-east-1", "2026/11/24"))
    monkeypatch.chdir(tmp_path / ORG / "111122223333")
    assert names(["."], Selection(accounts=frozenset({"444455556666"}))) == []
    (found,) = names(["."])
    assert found == str(tmp_path / key("111122223333", "us-east-1", "2026/11/24"))


def test_a_link_that_leads_nowhere_is_told(tmp_path):
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    (one,) = list_files([str(tmp_path)], Selection())
    assert isinstance(one, SetAside)
    assert one.reason == "neither a file nor a folder"


def test_a_folder_behind_a_link_is_not_followed_and_told_as_one(put, tmp_path):
    put("real/log.json")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names([str(tmp_path)]) == [str(tmp_path / "real/log.json")]
    assert reasons([str(tmp_path)]) == ["a link to a folder"]


@pytest.mark.parametrize("service", ["Config", "vpcflowlogs", "elasticloadbalancing", "CloudTrail-Insight"])
def test_logs_of_other_services_in_a_copy_of_the_bucket_are_set_aside(put, tmp_path, service):
    put(f"{ORG}/111122223333/{service}/us-east-1/2026/11/24/history.json.gz")
    put(key("111122223333", "us-east-1", "2026/11/24"))
    put(f"{ORG}/111122223333/us-east-1/kept-elsewhere.json")
    put(f"AWSLogs/111122223333/backup/{key('111122223333', 'us-east-1', '2026/11/24')}")
    assert len(names([str(tmp_path)])) == 3
    assert reasons([str(tmp_path)]) == ["a log of another service"]


def test_a_folder_that_cannot_be_listed_is_damage(tmp_path, monkeypatch):
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", refuse)
    (one,) = list_files([str(tmp_path)], Selection())
    assert one == Damage(str(tmp_path), 0, "can't be listed (Permission denied)")


@pytest.mark.parametrize(("source", "says"), [([], "Name a folder"), (["no-such-place"], "no-such-place is not there")])
def test_a_source_that_is_not_there_is_bad_input(source, says):
    with pytest.raises(BadInputError, match=says):
        list(list_files(source, Selection()))


def test_a_source_that_cannot_be_looked_at_is_one_sentence():
    with pytest.raises(BadInputError, match="can't be read: File name too long"):
        list(list_files(["x" * 300], Selection()))


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3.client.cache_clear()
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        asked: list[dict[str, str]] = []
        s3.client(None).meta.events.register(
            "provide-client-params.s3.ListObjectsV2", lambda params, **_: asked.append(dict(params))
        )
        for account in ("111122223333", "444455556666"):
            for region in ("us-east-1", "eu-central-1"):
                for day in ("2026/08/01", "2026/11/23", "2026/11/24", "2026/12/24"):
                    client.put_object(Bucket=BUCKET, Key=key(account, region, day), Body=b"{}")
            client.put_object(Bucket=BUCKET, Key=f"{ORG}/{account}/CloudTrail-Digest/us-east-1/2026/11/24/d.json.gz")
        yield asked
        s3.client.cache_clear()


def test_of_a_bucket_all_log_files_are_found_from_any_prefix(bucket):
    everything = names([f"s3://{BUCKET}"])
    assert len(everything) == 16
    for prefix in ("", "AWSLogs/", "AWSLogs", f"{ORG}/", f"{ORG}/111122223333/", f"{ORG}/111122223333/CloudTrail/us-e"):
        found = names([f"s3://{BUCKET}/{prefix}"])
        assert sorted(found) == sorted(one for one in everything if one.startswith(f"s3://{BUCKET}/{prefix}"))
        assert found


def test_only_the_prefixes_and_days_that_are_asked_for_are_listed(bucket):
    selection = Selection(
        accounts=frozenset({"111122223333"}),
        regions=frozenset({"us-east-1"}),
        since=moment("2026-11-24", NOON, "since"),
        until=moment("2026-11-24", NOON, "until"),
    )
    found = names([f"s3://{BUCKET}/"], selection)
    assert [one.split("/us-east-1/")[1][:10] for one in found] == ["2026/11/23", "2026/11/24"]
    listed = [params["Prefix"] for params in bucket]
    assert not [
        prefix for prefix in listed if "444455556666" in prefix or "eu-central-1" in prefix or "Digest" in prefix
    ]
    assert [params["StartAfter"] for params in bucket if "StartAfter" in params] == [
        f"{ORG}/111122223333/CloudTrail/us-east-1/2026/11/22"
    ]


def test_what_is_not_listed_is_told(bucket):
    selection = Selection(accounts=frozenset({"111122223333"}), regions=frozenset({"us-east-1"}))
    assert reasons([f"s3://{BUCKET}/"], selection) == [
        "a folder of another account or Region",
        "a folder of another account or Region",
        "a folder of digest files",
    ]


@pytest.mark.parametrize(
    ("source", "says"),
    [("s3://", "is not a place in S3"), ("s3://no-such-bucket-here/x", "can't be listed: .*NoSuchBucket")],
)
def test_a_bucket_that_cannot_be_listed_is_bad_input(bucket, source, says):
    with pytest.raises(BadInputError, match=says):
        names([source])
