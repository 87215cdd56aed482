"""A change of ours through CloudFormation as part of one deployment, and what is none whoever makes it.

That a call came through CloudFormation proves nothing: any administrator has stacks of their own. So the deployment is
only told quietly while what it wrote is what should be deployed; ``deployment_check`` says whether it is.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
(invokedBy, which AWS writes)
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from rootwatch.catalogue.watch.row import Row
from rootwatch.core import fields, principals
from rootwatch.core.comparison import ROOT_USE_RULE, Manifest, Rule
from rootwatch.core.fact import Fact
from rootwatch.core.hub_parts import Kind
from rootwatch.core.incident import ORGANISATION_WIDE, WATCH_SCOPE
from rootwatch.core.record import Record, digest
from rootwatch.core.words import rank

CAUSE: Final = "the organisation's deployment"
# The scope that ``watch.scope`` makes of it: one deployment at a time for the whole organisation.
SCOPE: Final = f"{WATCH_SCOPE}deployment/{ORGANISATION_WIDE}/{digest(CAUSE)[:16]}"
RULE: Final = "rule"
FUNCTION: Final[Kind] = "function"
ROLE: Final = "role"  # nothing else is written there than what should be: ``narrowing`` saw to that
OTHER: Final = "other"
HUB_RULE: Final[Kind] = "hub rule"
# Parts of the hub by the service that they are changed at, with the parameter that names them: bare, by address or ARN.
_OF_HUB: Final[dict[str, tuple[Kind, str]]] = {
    "dynamodb.amazonaws.com": ("table", "tableName"),
    "scheduler.amazonaws.com": ("schedule", "name"),
    "sqs.amazonaws.com": ("queue", "queueUrl"),
}
_IAM: Final = "iam.amazonaws.com"
_ROLE_POLICY: Final = "PutRolePolicy"
_TRUST: Final = "UpdateAssumeRolePolicy"
_LAMBDA: Final = "lambda.amazonaws.com"
_EVENTS: Final = "events.amazonaws.com"
_MEANS: Final = (
    "What a deployment changes is compared with what should be deployed. What differs or can't be compared within 15 "
    "minutes pages; if all is well, its end is told."
)
_DO_NOW: Final = "Nothing, if you know of this deployment. If not, ask who began it."


def may_be_of_deployment(row: Row, record: Record) -> bool:
    """Whether such a change belongs to a deployment, as far as its row and its way go."""
    by_cloudformation = principals.by_cloudformation(record.identity, record.address)
    return row.kind == "deployment" or (row.deploys and by_cloudformation)


def of_deployment(fact: Fact, row: Row, record: Record) -> Fact:
    """The fact as part of the organisation's one deployment."""
    return msgspec.structs.replace(
        fact,
        kind="deployment",
        severity="medium",
        means=_MEANS,
        do_now=_DO_NOW,
        cause=CAUSE,
        part="" if row.kind == "deployment" or rank(row.severity) <= rank("medium") else _part(record, row),
    )


def began_by(fact: Fact, identity_name: str) -> Fact:
    """With who began it: a person's own call on a stack of ours, not what CloudFormation did for them."""
    return msgspec.structs.replace(fact, began_by=identity_name[:120])


def is_grave(fact: Fact) -> bool:
    """Whether the rule for root is touched."""
    return fact.part == f"{RULE}:{ROOT_USE_RULE}"


def narrowing(record: Record, manifest: Manifest | None) -> str | None:
    """Why this change is at once seen to write something else than should be deployed; None: it may be all right."""
    request = fields.mapping(record.body.get("requestParameters"))
    if record.source == _IAM and record.name in (_ROLE_POLICY, _TRUST):
        return _of_policy(record, request, manifest)
    if record.source != _EVENTS:
        return None
    if record.name == "PutRule":
        return _of_rule(request, _known(manifest, request.get("name")))
    if record.name == "PutTargets":
        return _of_targets(request, _known(manifest, request.get("rule")), record.account or "")
    return None


def _known(manifest: Manifest | None, name: object) -> Rule | None:
    return next((rule for rule in manifest.rules if rule.name == name), None) if manifest else None


def _of_rule(request: Mapping[str, object], rule: Rule | None) -> str | None:
    state = fields.text(request.get("state"), 60) or "ENABLED"  # what EventBridge takes it for
    if state == "DISABLED" or (rule and state != rule.state):
        return f"it puts the rule into the state {state}"
    if rule and _read(request.get("eventPattern")) != rule.pattern:
        return "it lets other events through than the deployed rule"
    return None


def _of_targets(request: Mapping[str, object], rule: Rule | None, account: str) -> str | None:
    targets = request.get("targets")
    if rule is None:
        return None
    wanted = {(one.arn, one.role_arn.replace("{account}", account)) for one in rule.targets}
    named = [fields.mapping(one) for one in targets] if isinstance(targets, list) else []
    written = {(one.get("arn"), one.get("roleArn") or "") for one in named}
    return None if written and written <= wanted else "it sends elsewhere than to the hub, or by another role"


def _of_policy(record: Record, request: Mapping[str, object], manifest: Manifest | None) -> str | None:
    """A policy that is written as it should be is all right; of any other it can't be told whether it admits more."""
    role = next((one for one in manifest.roles if one.name == request.get("roleName")), None) if manifest else None
    if role is None:
        return "there is nothing to compare its policy with"
    wanted = role.trust if record.name == _TRUST else role.policies.get(str(request.get("policyName")))
    text = json.dumps(wanted).replace("{account}", record.account or "")
    same = wanted is not None and _read(request.get("policyDocument")) == json.loads(text)
    return None if same else "it is another policy than the deployed one"


def _read(pattern: object) -> dict[str, Any] | None:
    if isinstance(pattern, Mapping):
        return dict(pattern)
    try:
        found = json.loads(pattern) if isinstance(pattern, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _part(record: Record, row: Row) -> str:
    """``rule:<name>``, ``function:<name>``, ``role:<name>``, a part of the hub, or ``other:`` with the call and what it
    was about."""
    request = fields.mapping(record.body.get("requestParameters"))
    if record.source == _EVENTS and record.name in ("PutRule", "PutTargets"):
        name = request.get("name") if record.name == "PutRule" else request.get("rule")
        bus = request.get("eventBusName") or "default"
        if isinstance(name, str):
            return f"{RULE if bus == 'default' else HUB_RULE}:{name[:64]}"
    if record.source == _LAMBDA and (record.name or "").startswith(("UpdateFunctionCode", "UpdateFunctionConfig")):
        name = fields.text(request.get("functionName"), 200) or ""
        return f"{FUNCTION}:{name.rpartition(':')[2]}"
    if record.source == _IAM and record.name in (_ROLE_POLICY, _TRUST):
        return f"{ROLE}:{fields.text(request.get('roleName'), 64)}"
    kind, parameter = _OF_HUB.get(record.source or "", ("", ""))
    named = fields.text(request.get(parameter), 300) if parameter else None
    if kind and named:
        return f"{kind}:{named.rpartition('/')[2]}"
    return f"{OTHER}:{record.name} on {fields.text(row.part(record.body), 100) or 'a part that is not named'}"
