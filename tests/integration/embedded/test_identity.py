"""A Lambda function may do what its role allows and nothing else, and a role is taken by whom it trusts."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import AWAY, HOME, HUB, MANAGEMENT, MEMBER, ORGANISATION, deployed

pytestmark = pytest.mark.embedded

# Makes the one call that it is told to, as its role.
CALLER = """
import importlib.util
import boto3, botocore.exceptions

def handler(event, context):
    if event["service"] == "import":
        return "found" if importlib.util.find_spec(event["operation"]) else "absent"
    client = boto3.client(event["service"], **event.get("client", {}))
    try:
        getattr(client, event["operation"])(**event["parameters"])
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""

TABLE = "incidents"
TOPIC = f"arn:aws:sns:{HOME}:{HUB}:alerts"
CANARY = f"arn:aws:iam::{MEMBER}:role/rootwatch/canary"
ORGANIZATIONS = f"arn:aws:organizations::{MANAGEMENT}"

# In the words of our own stacks, narrow as they are.
STATEMENTS: list[dict[str, Any]] = [
    {
        "Action": [f"dynamodb:{name}" for name in ("ConditionCheckItem", "GetItem", "PutItem", "Query", "UpdateItem")],
        "Resource": f"arn:aws:dynamodb:{HOME}:{HUB}:table/{TABLE}",
    },
    {"Action": "dynamodb:Query", "Resource": f"arn:aws:dynamodb:{HOME}:{HUB}:table/{TABLE}/index/due"},
    {"Action": "sns:Publish", "Resource": TOPIC},
    {
        "Action": "secretsmanager:GetSecretValue",
        "Resource": f"arn:aws:secretsmanager:{HOME}:{HUB}:secret:rootwatch/slack-??????",
    },
    {
        "Action": ["organizations:DescribeAccount", "organizations:ListTagsForResource"],
        "Resource": f"{ORGANIZATIONS}:account/{ORGANISATION.id}/*",
    },
    {
        "Action": "organizations:ListParents",
        "Resource": [
            f"{ORGANIZATIONS}:account/{ORGANISATION.id}/*",
            f"{ORGANIZATIONS}:ou/{ORGANISATION.id}/*",
        ],
    },
    {"Action": "organizations:DescribeOrganizationalUnit", "Resource": f"{ORGANIZATIONS}:ou/{ORGANISATION.id}/*"},
    {"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/rootwatch/canary"},
]


def role(path: str, service: str, statements: list[dict[str, Any]]) -> dict[str, Any]:
    document = {"Statement": [{"Effect": "Allow", **statement} for statement in statements]}
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    policies = [{"PolicyName": "only", "PolicyDocument": document}] if statements else []
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"Path": path, "AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": policies},
    }


@pytest.fixture(scope="module")
def called(running: EmbeddedAws) -> EmbeddedAws:
    """An embedded AWS with a function, and with what it may and may not touch."""
    running.found(ORGANISATION)
    key = [{"AttributeName": "PK", "KeyType": "HASH"}]
    due = {"IndexName": "due", "KeySchema": [{"AttributeName": "due_shard", "KeyType": "HASH"}]}
    table = {
        "KeySchema": key,
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "due_shard")],
        "GlobalSecondaryIndexes": [{**due, "Projection": {"ProjectionType": "KEYS_ONLY"}}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    resources: dict[str, Any] = {
        name: {"Type": "AWS::DynamoDB::Table", "Properties": {**table, "TableName": name}}
        for name in (TABLE, "another")
    }
    resources |= {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts"}},
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": "rootwatch/slack", "SecretString": "example"},
        },
        "Other": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": "another", "SecretString": "example"},
        },
        "Role": role("/rootwatch/", "lambda.amazonaws.com", STATEMENTS),
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "caller",
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Timeout": 20,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": CALLER},
            },
        },
    }
    deployed(running, HUB, HOME, "caller", resources)
    iam = running.client("iam", MEMBER, HOME)
    trusted = f"arn:aws:iam::{HUB}:root"
    for name, principal in (("canary", trusted), ("closed", f"arn:aws:iam::{MEMBER}:root")):
        trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=name, Path="/rootwatch/", AssumeRolePolicyDocument=document)
    return running


def call(aws: EmbeddedAws, service: str, operation: str, parameters: dict[str, Any], **client: str) -> str:
    payload = {"service": service, "operation": operation, "parameters": parameters, "client": client}
    answer = aws.client("lambda", HUB, HOME).invoke(FunctionName="caller", Payload=json.dumps(payload).encode())
    text: str = json.loads(answer["Payload"].read())
    return text


def item(table: str) -> dict[str, Any]:
    return {"TableName": table, "Item": {"PK": {"S": "one"}}}


def transaction(table: str) -> dict[str, Any]:
    check = {
        "TableName": table,
        "Key": {"PK": {"S": "two"}},
        "ConditionExpression": "attribute_not_exists(PK)",
    }
    return {"TransactItems": [{"Put": item(table)}, {"ConditionCheck": check}]}


def query(index: str) -> dict[str, Any]:
    return {
        "TableName": TABLE,
        "IndexName": index,
        "KeyConditionExpression": "due_shard = :shard",
        "ExpressionAttributeValues": {":shard": {"S": "DUE#0"}},
    }


UNIT = ORGANISATION.unit_id("Workloads")


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("dynamodb", "put_item", item(TABLE)),
        ("dynamodb", "transact_write_items", transaction(TABLE)),
        ("dynamodb", "query", query("due")),
        ("sns", "publish", {"TopicArn": TOPIC, "Message": "text"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "rootwatch/slack"}),
        ("organizations", "describe_account", {"AccountId": MEMBER}),
        ("organizations", "list_tags_for_resource", {"ResourceId": MEMBER}),
        ("organizations", "list_parents", {"ChildId": MEMBER}),
        ("organizations", "list_parents", {"ChildId": UNIT}),
        ("organizations", "describe_organizational_unit", {"OrganizationalUnitId": UNIT}),
        ("sts", "assume_role", {"RoleArn": CANARY, "RoleSessionName": "nonce"}),
        ("sts", "get_caller_identity", {}),
    ],
)
def test_what_the_role_allows_is_done(
    called: EmbeddedAws, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    assert call(called, service, operation, parameters) == "done"


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("dynamodb", "put_item", item("another")),
        ("dynamodb", "transact_write_items", transaction("another")),
        ("dynamodb", "scan", {"TableName": TABLE}),
        ("dynamodb", "delete_item", {"TableName": TABLE, "Key": {"PK": {"S": "one"}}}),
        ("sns", "list_topics", {}),
        ("secretsmanager", "get_secret_value", {"SecretId": "another"}),
        ("organizations", "list_accounts", {}),
        ("organizations", "tag_resource", {"ResourceId": MEMBER, "Tags": [{"Key": "a", "Value": "b"}]}),
        ("sts", "assume_role", {"RoleArn": CANARY.replace("canary", "closed"), "RoleSessionName": "nonce"}),
        ("sts", "assume_role", {"RoleArn": CANARY.replace("canary", "absent"), "RoleSessionName": "nonce"}),
    ],
)
def test_what_the_role_does_not_allow_is_denied(
    called: EmbeddedAws, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    assert "AccessDenied" in call(called, service, operation, parameters) or "AuthorizationError" in call(
        called, service, operation, parameters
    )


def test_a_role_of_another_account_acts_there(called: EmbeddedAws) -> None:
    answer = called.client("sts", HUB, AWAY).assume_role(RoleArn=CANARY, RoleSessionName="nonce")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/canary/nonce"


def test_a_role_that_does_not_trust_the_caller_is_not_taken(called: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        called.client("sts", MANAGEMENT, AWAY).assume_role(RoleArn=CANARY, RoleSessionName="nonce")


@pytest.mark.parametrize("name", ["boto3", "urllib3"])
def test_a_function_finds_what_awss_runtime_brings(called: EmbeddedAws, name: str) -> None:
    assert call(called, "import", name, {}) == "found"


@pytest.mark.parametrize("name", ["msgspec", "ministack", "rootwatch", "rootwatch_local", "requests"])
def test_a_function_finds_nothing_else_that_is_installed_here(called: EmbeddedAws, name: str) -> None:
    assert call(called, "import", name, {}) == "absent"
