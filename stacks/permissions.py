"""What the functions may do, a statement each."""

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from rootwatch.core.settings import Settings
from stacks.channels import AlertTopic
from stacks.table import DUE_INDEX


def use_table(table: dynamodb.Table) -> iam.PolicyStatement:
    """Reads and writes of single items; a transaction asks for these same permissions, item by item.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    actions = ("BatchGetItem", "ConditionCheckItem", "PutItem", "Query", "UpdateItem")
    return iam.PolicyStatement(actions=[f"dynamodb:{name}" for name in actions], resources=[table.table_arn])


def find_due(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Queries of the index of what is due; and the deletion that takes a closed incident's pointer away."""
    return [
        iam.PolicyStatement(actions=["dynamodb:Query"], resources=[f"{table.table_arn}/index/{DUE_INDEX}"]),
        iam.PolicyStatement(actions=["dynamodb:DeleteItem"], resources=[table.table_arn]),
    ]


def publish(alerts: AlertTopic) -> list[iam.PolicyStatement]:
    """Messages to the encrypted topic."""
    return [
        iam.PolicyStatement(actions=["sns:Publish"], resources=[alerts.topic.topic_arn]),
        iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey*"], resources=[alerts.key.key_arn]),
    ]


def read_secrets(settings: Settings) -> list[iam.PolicyStatement]:
    """The secrets of Slack and PagerDuty, which the team made; none where neither is set.

    Secrets Manager adds a hyphen and six characters to a secret's name in its ARN.
    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    names = [channel.secret for channel in (settings.slack, settings.pagerduty) if channel]
    secret = f"arn:{Aws.PARTITION}:secretsmanager:{Aws.REGION}:{Aws.ACCOUNT_ID}:secret:"
    resources = [f"{secret}{name}-??????" for name in sorted(set(names))]
    return [iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=resources)] if resources else []


def read_directory(settings: Settings) -> list[iam.PolicyStatement]:
    """An account's name, place and tags. Outside the management account, Organizations answers only a delegated
    administrator of some AWS service.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    """
    organization = f"arn:{Aws.PARTITION}:organizations::{settings.management_account}"
    accounts = f"{organization}:account/{settings.organization_id}/*"
    units = f"{organization}:ou/{settings.organization_id}/*"
    return [
        iam.PolicyStatement(
            actions=["organizations:DescribeAccount", "organizations:ListTagsForResource"], resources=[accounts]
        ),
        iam.PolicyStatement(actions=["organizations:ListParents"], resources=[accounts, units]),
        iam.PolicyStatement(actions=["organizations:DescribeOrganizationalUnit"], resources=[units]),
    ]


def list_accounts() -> iam.PolicyStatement:
    """The list of all accounts: the service allows no narrower resource."""
    return iam.PolicyStatement(actions=["organizations:ListAccounts"], resources=["*"])
