"""The one table: marks, incidents, facts, notices, sends, windows and accounts."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

DUE_INDEX = "due"


class IncidentTable(Construct):
    """``table`` outlives the stack: it is the audit ledger."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Incidents")
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string("PK"),
            sort_key=_string("SK"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires",
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        # Sparse: only what is still to be sent, digested or closed bears these attributes.
        self.table.add_global_secondary_index(
            index_name=DUE_INDEX,
            partition_key=_string("due_shard"),
            sort_key=_string("due_at"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
