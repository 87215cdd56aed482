"""What the rules let through, as data. Each is an EventBridge event pattern of at most 2,048 characters.

No pattern looks at ``detail-type``: AWS's own pages spell it in two ways. Names that do not exist match nothing and
raise no error, so each pattern is tried on records that it must let through and records that it must not.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

import json
from collections.abc import Mapping

Pattern = Mapping[str, object]

MAX_CHARACTERS = 2048

_FROM_AWS = [{"prefix": "aws."}]
# A parameter may hold the name, an ARN or a queue's address.
_OURS = [{"wildcard": "*rootwatch*"}]

# One of our parts, whose names all begin with "rootwatch", is changed or taken away.
_CHANGED_PARTS = ("cloudformation", "dynamodb", "events", "iam", "lambda", "scheduler", "secretsmanager", "sns", "sqs")
_CHANGING_VERBS = (
    "Attach", "Delete", "Detach", "Disable", "Purge", "Put", "Remove", "Set", "Unsubscribe", "Update",
)  # fmt: skip
_NAMING_PARAMETERS = (
    "eventBusName", "functionName", "name", "queueUrl", "roleName", "rule",
    "secretId", "stackName", "stackSetName", "subscriptionArn", "tableName", "topicArn",
)  # fmt: skip


def _calls(source: str, *names: str) -> Pattern:
    return {"source": [f"aws.{source}"], "detail": {"eventName": list(names)}}


# The root user itself, and sessions that root handed out with GetFederationToken.
ROOT_USE: Pattern = {
    "source": _FROM_AWS,
    "$or": [
        {"detail": {"userIdentity": {"type": ["Root"]}}},
        {"detail": {"userIdentity": {"sessionContext": {"sessionIssuer": {"type": ["Root"]}}}}},
    ],
}

# Records by anybody that matter to root, to the break-glass tag or to who belongs to the organisation.
WATCH_EVENTS: Pattern = {
    "$or": [
        _calls("sts", "AssumeRoot"),
        _calls(
            "iam",
            "EnableOrganizationsRootCredentialsManagement",
            "DisableOrganizationsRootCredentialsManagement",
            "EnableOrganizationsRootSessions",
            "DisableOrganizationsRootSessions",
        ),
        _calls("account", "StartPrimaryEmailUpdate", "AcceptPrimaryEmailUpdate"),
        _calls(
            "organizations",
            "TagResource",
            "UntagResource",
            "CreateAccount",
            "CreateAccountResult",
            "InviteAccountToOrganization",
            "AcceptHandshake",
            "MoveAccount",
            "LeaveOrganization",
            "RemoveAccountFromOrganization",
            "AccountJoinedOrganization",
            "AccountDepartedOrganization",
            "CloseAccount",
            "CloseAccountResult",
            "DeleteOrganization",
            "RegisterDelegatedAdministrator",
            "DeregisterDelegatedAdministrator",
            "EnableAWSServiceAccess",
            "DisableAWSServiceAccess",
        ),
    ],
}

# Records by anybody that stop a trail or change the watch.
TAMPERING: Pattern = {
    "$or": [
        _calls("cloudtrail", "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
        {
            "source": [f"aws.{service}" for service in _CHANGED_PARTS],
            "detail": {
                "eventName": [{"prefix": verb} for verb in _CHANGING_VERBS],
                "requestParameters": {"$or": [{parameter: _OURS} for parameter in _NAMING_PARAMETERS]},
            },
        },
        # A request names an event source mapping by a number; whose it is, the response says.
        {
            "source": ["aws.lambda"],
            "detail": {
                "eventName": [{"prefix": "DeleteEventSourceMapping"}, {"prefix": "UpdateEventSourceMapping"}],
                "responseElements": {"functionArn": _OURS},
            },
        },
    ],
}

# All that reached the hub's bus goes into the queue: what it means is for the code to say.
HUB: Pattern = {"source": _FROM_AWS}


def text(pattern: Pattern) -> str:
    """The pattern as EventBridge counts its characters."""
    return json.dumps(pattern, separators=(",", ":"))
