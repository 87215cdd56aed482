"""What the functions may do, a statement each."""

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from rootwatch.core.sections import Trail
from rootwatch.core.settings import Settings
from stacks import names
from stacks.channels import AlertTopic
from stacks.table import DUE_INDEX
from stacks.trail import TrailArchive


def use_table(table: dynamodb.Table) -> iam.PolicyStatement:
    """Reads and writes of single items; a transaction asks for these same permissions, item by item.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    actions = ("BatchGetItem", "ConditionCheckItem", "PutItem", "Query", "UpdateItem")
    return iam.PolicyStatement(actions=[f"dynamodb:{name}" for name in actions], resources=[table.table_arn])


def read_table(table: dynamodb.Table) -> iam.PolicyStatement:
    """Reads alone: of single items, and of what is due."""
    resources = [table.table_arn, f"{table.table_arn}/index/{DUE_INDEX}"]
    return iam.PolicyStatement(actions=["dynamodb:BatchGetItem", "dynamodb:Query"], resources=resources)


def find_due(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Queries of the index of what is due; and the deletion that takes a closed incident's pointer away."""
    return [
        query_due(table),
        iam.PolicyStatement(actions=["dynamodb:DeleteItem"], resources=[table.table_arn]),
    ]


def query_due(table: dynamodb.Table) -> iam.PolicyStatement:
    """Queries of that index alone."""
    return iam.PolicyStatement(actions=["dynamodb:Query"], resources=[f"{table.table_arn}/index/{DUE_INDEX}"])


def publish(alerts: AlertTopic) -> list[iam.PolicyStatement]:
    """Messages to the topic, and the use of its key if it has one."""
    statements = [iam.PolicyStatement(actions=["sns:Publish"], resources=[alerts.topic_arn])]
    if alerts.key_arn:
        use = ["kms:Decrypt", "kms:GenerateDataKey*"]
        statements.append(iam.PolicyStatement(actions=use, resources=[alerts.key_arn]))
    return statements


def read_secrets(settings: Settings) -> list[iam.PolicyStatement]:
    """The secrets of Slack and PagerDuty, which the team made; none where neither is set.

    Secrets Manager adds a hyphen and six characters to a secret's name in its ARN.
    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    names = [channel.secret for channel in (settings.slack, settings.pagerduty) if channel]
    return [read_secret(*sorted(set(names)))] if names else []


def read_secret(*names: str) -> iam.PolicyStatement:
    """Secrets by their names."""
    secret = f"arn:{Aws.PARTITION}:secretsmanager:{Aws.REGION}:{Aws.ACCOUNT_ID}:secret:"
    resources = [f"{secret}{name}-??????" for name in names]
    return iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=resources)


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


def visit(settings: Settings) -> list[iam.PolicyStatement]:
    """The roles of coverage in every account of the organisation, and of no other."""
    roles = [names.role_arn("*", name) for name in (names.CANARY_ROLE, names.AUDIT_ROLE)]
    return [
        iam.PolicyStatement(
            actions=["sts:AssumeRole"],
            resources=roles,
            conditions={"StringEquals": {"aws:ResourceOrgID": settings.organization_id}},
        ),
        iam.PolicyStatement(
            actions=["sts:AssumeRole"],
            resources=[names.role_arn(settings.management_account, names.TRAIL_READER_ROLE)],
        ),
    ]


def read_functions() -> iam.PolicyStatement:
    """What our own functions are, without their code."""
    functions = f"arn:{Aws.PARTITION}:lambda:{Aws.REGION}:{Aws.ACCOUNT_ID}:function:rootwatch-*"
    return iam.PolicyStatement(actions=["lambda:GetFunctionConfiguration"], resources=[functions])


def read_hub_parts(table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    """How the hub's own rules, queues, schedules and table are set."""
    own = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"
    rules = [f"arn:{Aws.PARTITION}:events:{own}:rule/{bus}rootwatch-*" for bus in ("", f"{names.BUS}/")]
    return [
        iam.PolicyStatement(actions=["events:DescribeRule", "events:ListTargetsByRule"], resources=rules),
        iam.PolicyStatement(
            actions=["sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
            resources=[f"arn:{Aws.PARTITION}:sqs:{own}:rootwatch-*"],
        ),
        iam.PolicyStatement(
            actions=["scheduler:GetSchedule"],
            resources=[f"arn:{Aws.PARTITION}:scheduler:{own}:schedule/default/rootwatch-*"],
        ),
        iam.PolicyStatement(
            actions=["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"],
            resources=[table.table_arn],
        ),
    ]


def look_at_credentials(partition: str, account: str) -> list[dict[str, object]]:
    """How an account's credentials are guarded, for a role's own policy: reads, and the making of the report. IAM knows
    no resource for these.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    and https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsaccountmanagement.html
    """
    reads = [
        "iam:GenerateCredentialReport",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
        "iam:ListAccountAliases",
        "iam:ListOrganizationsFeatures",
        "iam:ListVirtualMFADevices",
    ]
    contact = f"arn:{partition}:account::{account}:account"
    return [
        {"Effect": "Allow", "Action": reads, "Resource": "*"},
        {"Effect": "Allow", "Action": ["account:GetAlternateContact"], "Resource": contact},
    ]


def visit_for_posture(settings: Settings) -> list[iam.PolicyStatement]:
    """The role of posture in every account of the organisation; and, where the settings say so, root of its accounts
    by the one task that only looks.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
    """
    of_ours = {"aws:ResourceOrgID": settings.organization_id}
    statements = [
        iam.PolicyStatement(
            actions=["sts:AssumeRole"],
            resources=[names.role_arn("*", names.POSTURE_READER_ROLE)],
            conditions={"StringEquals": of_ours},
        )
    ]
    if settings.posture.assume_root:
        task = f"arn:{Aws.PARTITION}:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
        statements.append(
            iam.PolicyStatement(
                actions=["sts:AssumeRoot"],
                resources=[f"arn:{Aws.PARTITION}:iam::*:root"],
                conditions={"StringEquals": of_ours, "ArnEquals": {"sts:TaskPolicyArn": task}},
            )
        )
    return statements


def describe_trails() -> dict[str, object]:
    """The trails of this account, their status and what they log, for a role's own policy. DescribeTrails knows no
    resource.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
    """
    actions = ["cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"]
    return {"Effect": "Allow", "Action": actions, "Resource": "*"}


def read_metrics() -> iam.PolicyStatement:
    """The age of our queues' messages: CloudWatch allows no narrower resource."""
    return iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"])


def read_own_log_files(archive: TrailArchive) -> list[iam.PolicyStatement]:
    """The log files of our own trail; their key is this account's, whose policy leaves it to IAM."""
    return [
        iam.PolicyStatement(
            actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[f"{archive.bucket_arn}/AWSLogs/*"]
        ),
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[archive.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.{Aws.URL_SUFFIX}"}},
        ),
    ]


def take_log_reader(trail: Trail) -> iam.PolicyStatement:
    """The role that reads log files where they lie."""
    role = names.role_arn(trail.bucket_account, names.LOG_READER_ROLE)
    return iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[role])
