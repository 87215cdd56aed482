"""What DynamoDB's answers mean to us, faults injected by botocore's Stubber."""

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber

from rootwatch.core.ports import StoreDownError
from rootwatch.edge.dynamo import ConditionFailedError, Dynamo, RecordRefusedError


@pytest.fixture
def client():
    return boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def stub(client):
    with Stubber(client) as stubbed:
        yield stubbed


KEY = {"PK": {"S": "EVT#1"}, "SK": {"S": "MARK"}}


def _transact(client):
    table = Dynamo(client, "t")
    return table.transact([table.put(KEY), table.delete(KEY)])


def _cancelled(stub, *codes):
    stub.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


@pytest.mark.parametrize("code", ["ConditionalCheckFailed", "TransactionConflict"])
def test_a_lost_race_gives_each_operation_s_reason(client, stub, code):
    _cancelled(stub, "None", code)
    assert _transact(client) == ["None", code]


@pytest.mark.parametrize(
    "code", ["ThrottlingError", "ProvisionedThroughputExceeded", "ItemCollectionSizeLimitExceeded"]
)
def test_a_throttled_transaction_means_that_the_table_is_down(client, stub, code):
    _cancelled(stub, "None", code)
    with pytest.raises(StoreDownError, match=code):
        _transact(client)


def test_an_invalid_item_in_a_transaction_is_no_outage(client, stub):
    _cancelled(stub, "None", "ValidationError")
    with pytest.raises(RecordRefusedError):
        _transact(client)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ValidationException", RecordRefusedError),
        ("ThrottlingException", StoreDownError),
        ("InternalServerError", StoreDownError),
        ("AccessDeniedException", StoreDownError),
        ("ResourceNotFoundException", StoreDownError),
    ],
)
def test_an_error_of_a_query_is_an_outage_unless_the_request_is_wrong(client, stub, code, error):
    stub.add_client_error("query", code)
    with pytest.raises(error):
        Dynamo(client, "t").query("PK = :a", {":a": {"S": "x"}})


def test_a_condition_that_does_not_hold_is_told_apart(client, stub):
    stub.add_client_error("update_item", "ConditionalCheckFailedException")
    with pytest.raises(ConditionFailedError):
        Dynamo(client, "t").update(KEY, "SET #state = :a", "a = :a", {":a": {"S": "x"}})


def test_a_request_that_botocore_itself_refuses_is_no_outage(client):
    with pytest.raises(RecordRefusedError):
        Dynamo(client, "t").transact([])


def test_no_answer_at_all_means_that_the_table_is_down(client, monkeypatch):
    def time_out(*_, **__):
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.example.com")

    monkeypatch.setattr(client, "query", time_out)
    with pytest.raises(StoreDownError, match="ConnectTimeoutError"):
        Dynamo(client, "t").query("PK = :a", {":a": {"S": "x"}})


def test_keys_that_were_left_unread_are_read_again(client, stub):
    stub.add_response("batch_get_item", {"Responses": {"t": []}, "UnprocessedKeys": {"t": {"Keys": [KEY]}}})
    stub.add_response("batch_get_item", {"Responses": {"t": [KEY]}, "UnprocessedKeys": {}})
    assert Dynamo(client, "t").get([KEY]) == [KEY]


def test_keys_that_stay_unread_are_an_outage_never_an_absence(client, stub):
    for _ in range(3):
        stub.add_response("batch_get_item", {"Responses": {"t": []}, "UnprocessedKeys": {"t": {"Keys": [KEY]}}})
    with pytest.raises(StoreDownError):
        Dynamo(client, "t").get([KEY])


def test_reading_nothing_asks_nothing(client):
    assert Dynamo(client, "t").get([]) == []
