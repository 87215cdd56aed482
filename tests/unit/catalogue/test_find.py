"""Looking an action up: whom an IAM call acts on, versions in names, and what has no row."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch import catalogue
from rootwatch.catalogue import Act
from rootwatch.catalogue.rows import read_toml_files

IAM = "iam.amazonaws.com"
TEXT = st.text(st.characters(codec="ascii"), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
# Values of the wrong types, under the names that the rows' patterns ask for.
FIELDS = st.sampled_from(
    ["userName", "status", "attributes", "Policy", "policyArn", "serialNumber", "state", "enable", "MfaDelete"]
)
PARAMETERS = JSON | st.dictionaries(FIELDS, JSON | st.dictionaries(FIELDS, JSON, max_size=2), max_size=3)
RECORDS = st.fixed_dictionaries({"requestParameters": PARAMETERS, "responseElements": PARAMETERS, "readOnly": JSON})
NAMES = [(service.service, row.name) for service in read_toml_files() for row in service.action]


def find(name: str | None, record: dict[str, Any] | None = None, source: str | None = IAM) -> Act:
    return catalogue.load().find(source, name, record or {})


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"requestParameters": None},
        {"requestParameters": {}},
        {"requestParameters": []},
        {"requestParameters": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        {"requestParameters": {"userName": None}},
        {"requestParameters": {"userName": ""}},
        {"requestParameters": {"userName": "AWS ROOT USER"}},
    ],
)
def test_a_key_made_for_nobody_by_name_is_roots_own(record: dict[str, Any]) -> None:
    act = find("CreateAccessKey", record)
    assert (act.harm, act.severity, act.window, act.needs_root) == ("credentials", "critical", "never", True)


def test_a_key_made_for_an_iam_user_called_root_is_that_users() -> None:
    act = find("CreateAccessKey", {"requestParameters": {"userName": "root"}})
    assert (act.harm, act.severity) == ("identity", "high")


@pytest.mark.parametrize(
    ("status", "severity", "says"),
    [
        ("Active", "critical", "turned on an access key of the root user"),
        ("Inactive", "high", "turned off an access key of the root user"),
        (None, "critical", "changed an access key of the root user"),
        (["Inactive?"], "critical", "changed an access key of the root user"),
    ],
)
def test_an_update_of_a_root_key_is_taken_for_harmless_only_if_the_record_says_so(
    status: object, severity: str, says: str
) -> None:
    act = find("UpdateAccessKey", {"requestParameters": {"status": status}})
    assert (act.severity, act.says) == (severity, says)


@pytest.mark.parametrize("name", ["PasswordUpdated", "PasswordRecoveryCompleted", "EmailUpdated"])
@pytest.mark.parametrize("response", [None, "null", {}, "Success", "Failure"])
def test_a_sign_in_pages_event_is_the_worse_one_unless_it_says_failure(name: str, response: object) -> None:
    record = {"responseElements": {name: response} if isinstance(response, str) else response}
    act = find(name, record, "signin.amazonaws.com")
    assert act.severity == ("high" if response == "Failure" else "critical")


def test_deleting_a_queues_policy_is_told_from_changing_its_timeout() -> None:
    sqs = "sqs.amazonaws.com"
    unlock = find("SetQueueAttributes", {"requestParameters": {"attributes": {"Policy": ""}}}, sqs)
    timeout = find("SetQueueAttributes", {"requestParameters": {"attributes": {"VisibilityTimeout": "30"}}}, sqs)
    assert (unlock.central, unlock.says) == ("SQSUnlockQueuePolicy", "left a queue without a policy")
    assert (timeout.central, timeout.says) == ("", "changed a queue's settings")


def test_cutting_off_a_watching_service_is_told_from_cutting_off_another() -> None:
    def cut(principal: str) -> Act:
        record = {"requestParameters": {"servicePrincipal": principal}}
        return find("DisableAWSServiceAccess", record, "organizations.amazonaws.com")

    assert (cut("guardduty.amazonaws.com").harm, cut("guardduty.amazonaws.com").window) == ("watch", "never")
    assert cut("backup.amazonaws.com").harm == "account"


@pytest.mark.parametrize(
    "name", ["CreateFunction", "CreateFunction20150331", "CreateFunction20150331v2", "CreateFunction20301231"]
)
def test_a_row_fits_every_api_version_of_its_action(name: str) -> None:
    act = find(name, source="lambda.amazonaws.com")
    assert (act.known, act.says) == (True, "made a Lambda function")


def test_a_two_at_the_end_of_a_name_is_no_api_version() -> None:
    assert not find("CreateAccessKeyV2").known


@pytest.mark.parametrize(
    ("name", "read_only", "harm", "says"),
    [
        ("FrobnicateThing", True, "access", "called FrobnicateThing (read-only)"),
        ("FrobnicateThing", False, "change", "called FrobnicateThing"),
        ("GetThing", False, "change", "called GetThing"),
        ("GetThing", None, "access", "called GetThing (read-only)"),
        ("GetThing", "false", "access", "called GetThing (read-only)"),
        ("FrobnicateThing", None, "change", "called FrobnicateThing"),
        ("FrobnicateThing", "true", "change", "called FrobnicateThing"),
        (None, None, "change", "called an action without a name"),
        ("", True, "access", "called an action without a name (read-only)"),
    ],
)
def test_an_action_without_a_row_is_high_and_a_change_unless_it_only_reads(
    name: str | None, read_only: object, harm: str, says: str
) -> None:
    act = find(name, {"readOnly": read_only})
    assert (act.known, act.severity, act.harm, act.says) == (False, "high", harm, says)
    assert act.changes is (harm == "change")
    assert act.do_now
    assert act.tried


@pytest.mark.parametrize("source", [None, "", "new-service.amazonaws.com", "IAM.amazonaws.com"])
def test_an_unknown_or_missing_service_is_high_too(source: str | None) -> None:
    act = find("CreateAccessKey", source=source)
    assert (act.known, act.severity, act.harm, act.service) == (False, "high", "change", source or "")


def test_an_endless_name_is_cut() -> None:
    assert len(find("X" * 100_000).says) < 120


@given(source_and_name=st.sampled_from(NAMES), record=RECORDS)
def test_no_record_of_a_known_action_raises_or_falls_through(
    source_and_name: tuple[str, str], record: dict[str, Any]
) -> None:
    source, name = source_and_name
    assert catalogue.load().find(source, name, record).known


@given(source=JSON, name=JSON, record=st.dictionaries(TEXT, JSON, max_size=2) | RECORDS)
def test_no_json_at_all_raises(source: Any, name: Any, record: dict[str, Any]) -> None:
    assert catalogue.load().find(source, name, record).severity == "high"


def test_a_list_of_ten_thousand_levels_does_not_raise() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert find("CreateAccessKey", {"requestParameters": {"userName": deep}}).severity == "critical"
