"""What the rules let through, as data. Each is an EventBridge event pattern of at most 2,048 characters.

No pattern looks at ``detail-type``: AWS's own pages spell it in two ways. Names that do not exist match nothing and
raise no error, so each pattern is tried on records that it must let through and records that it must not.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

import json
from collections.abc import Mapping

from rootwatch.core import canary

Pattern = Mapping[str, object]

MAX_CHARACTERS = 2048

_FROM_AWS = [{"prefix": "aws."}]
# A parameter may hold the name, an ARN or a queue's address.
_OURS = [{"wildcard": "*rootwatch*"}]

# One of our parts, whose names all begin with "rootwatch", is changed or taken away.
_CHANGED_PARTS = (
    "cloudformation", "dynamodb", "events", "iam", "kms", "lambda", "monitoring", "scheduler", "secretsmanager", "sns",
    "sqs",
)  # fmt: skip
_CHANGING_VERBS = (
    "Add", "Attach", "Delete", "Detach", "Disable", "Purge", "Put", "Remove", "Set", "Unsubscribe", "Update",
)  # fmt: skip
_NAMING_PARAMETERS = (
    "alarmName", "alarmNames", "aliasName", "eventBusName", "functionName", "name", "queueUrl", "roleName", "rule",
    "secretId", "stackName", "stackSetName", "subscriptionArn", "tableName", "topicArn",
)  # fmt: skip


def _calls(source: str, *names: str) -> Pattern:
    return {"source": [f"aws.{source}"], "detail": {"eventName": list(names)}}


# The root user itself, sessions that root handed out with GetFederationToken, the recovery of root's password, at which
# nobody is signed in, and our canaries, which prove that this very rule is there and sees read-only calls. Whose
# session it is, AWS writes: the caller chooses only its last name.
ROOT_USE: Pattern = {
    "source": _FROM_AWS,
    "$or": [
        {"detail": {"userIdentity": {"type": ["Root"]}}},
        {"detail": {"userIdentity": {"sessionContext": {"sessionIssuer": {"type": ["Root"]}}}}},
        {"detail": {"eventSource": ["signin.amazonaws.com"], "eventName": [{"prefix": "PasswordRecovery"}]}},
        {
            "detail": {
                "eventSource": [canary.SOURCE],
                "eventName": [canary.ACTION],
                "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": [{"suffix": f":{canary.ROLE}"}]}}},
            }
        },
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
        # Who begins a deployment of ours; what it changes, the verbs above let through.
        {
            "source": ["aws.cloudformation"],
            "detail": {
                "eventName": ["ExecuteChangeSet", {"prefix": "CreateStack"}],
                "requestParameters": {"$or": [{"stackName": _OURS}, {"stackSetName": _OURS}]},
            },
        },
        # Of S3 the bucket alone: each log file that is written is a call on an object in it.
        {
            "source": ["aws.s3"],
            "detail": {
                "eventName": [{"prefix": "DeleteBucket"}, {"prefix": "PutBucket"}],
                "requestParameters": {"bucketName": _OURS},
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
        # A new one reads our queue in our place, or gives our function records of somebody else's.
        {
            "source": ["aws.lambda"],
            "detail": {
                "eventName": [{"prefix": "CreateEventSourceMapping"}],
                "requestParameters": {"$or": [{"eventSourceArn": _OURS}, {"functionName": _OURS}]},
            },
        },
    ],
}

# All that reached the hub's bus goes into the queue: what it means is for the code to say. S3's own word of a new
# object is no record, and has a rule of its own.
_OBJECT_CREATED = "Object Created"
HUB: Pattern = {"source": _FROM_AWS, "detail-type": [{"anything-but": [_OBJECT_CREATED]}]}


def log_files(*, bucket: str, account: str, prefix: str) -> Pattern:
    """A new log file of CloudTrail in the bucket; digests, which lie in CloudTrail-Digest/, are not let through.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    below = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    return {
        "source": ["aws.s3"],
        "detail-type": [_OBJECT_CREATED],
        # The bucket's owner: an event of another account's bucket, whatever its name, is not ours.
        "account": [account],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": [{"wildcard": f"{below}/*/CloudTrail/*"}]}},
    }


def text(pattern: Pattern) -> str:
    """The pattern as EventBridge counts its characters."""
    return json.dumps(pattern, separators=(",", ":"))
