"""What the hub has, for the manifest: read from the hub's own template, with every name told."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from aws_cdk import App

from rootwatch.core import hub_parts as forms
from rootwatch.core.hub_parts import THE_CODE, THE_TABLE, THE_TOPIC, HubPart
from rootwatch.core.regions import partition_of
from rootwatch.core.settings import Settings
from stacks.asset import Asset
from stacks.hub import HubStack
from stacks.plain import plain

Template = Mapping[str, Any]

_NAME: Final = {
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SQS::Queue": "QueueName",
}

_OF_FUNCTION: Final = (
    "Architectures",
    "Environment",
    "FileSystemConfigs",
    "Handler",
    "Layers",
    "MemorySize",
    "Runtime",
    "Timeout",
    "VpcConfig",
)
# What CloudFormation names, as the functions' environments have it.
_STANDS: Final = {"AWS::DynamoDB::Table": THE_TABLE, "AWS::SNS::Topic": THE_TOPIC}


def hub_parts(settings: Settings) -> tuple[HubPart, ...]:
    """Every function, rule, queue, schedule and table of the hub, by name. Raises ``NotKnownError``."""
    return of_template(_template(settings), settings)


def of_template(template: Template, settings: Settings) -> tuple[HubPart, ...]:
    """The same of a template of the hub that is there already."""
    values = _values(template["Resources"], settings)
    return tuple(sorted(_parts(template["Resources"], values), key=lambda part: part.what))


def _template(settings: Settings) -> Template:
    """The template but for its asset, which holds the manifest and can't be there yet."""
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder, "code")
        code.mkdir()
        app = App(
            outdir=str(Path(folder, "out")),
            analytics_reporting=False,
            tree_metadata=False,
            builtin_cloud_formation_validation=False,
        )
        HubStack(app, settings=settings, asset=Asset(path=code, hash="none"))
        written: Template = app.synth().get_stack_by_name("rootwatch-hub").template
        return written


def _values(resources: Template, settings: Settings) -> dict[str, str]:
    """What stands for a name or an ARN in the template."""
    partition = partition_of(settings.hub_region)
    at = f"{settings.hub_region}:{settings.hub_account}"
    values = {"AWS::Partition": partition, "AWS::Region": settings.hub_region, "AWS::AccountId": settings.hub_account}
    named = {
        key: one["Properties"][_NAME[one["Type"]]]
        for key, one in resources.items()
        if one["Type"] in _NAME and _NAME[one["Type"]] in one["Properties"]
    }
    values |= named
    values |= {key: _STANDS[one["Type"]] for key, one in resources.items() if one["Type"] in _STANDS}
    for key, name in named.items():
        match resources[key]["Type"]:
            case "AWS::SQS::Queue":
                values[f"{key}.Arn"] = f"arn:{partition}:sqs:{at}:{name}"
            case "AWS::Lambda::Function":
                values[f"{key}.Arn"] = f"arn:{partition}:lambda:{at}:function:{name}"
            case "AWS::Events::Rule":
                bus = _bus(resources[key]["Properties"], values)
                values[f"{key}.Arn"] = f"arn:{partition}:events:{at}:rule/{bus}{'/' if bus else ''}{name}"
    return values


def _parts(resources: Template, values: Mapping[str, str]) -> Iterator[HubPart]:
    policies = {
        queue["Ref"]: plain(one["Properties"]["PolicyDocument"], values, f"the hub's template, {key}")
        for key, one in resources.items()
        if one["Type"] == "AWS::SQS::QueuePolicy"
        for queue in one["Properties"]["Queues"]
    }
    for key, one in resources.items():
        place, properties = f"the hub's template, {key}", one.get("Properties", {})
        match one["Type"]:
            case "AWS::Lambda::Function":
                # CloudFormation names its role and its log group.
                told = plain({name: properties[name] for name in _OF_FUNCTION if name in properties}, values, place)
                found = forms.function({**told, "CodeSha256": THE_CODE})
                yield HubPart(kind="function", name=properties["FunctionName"], settings=found)
            case "AWS::Events::Rule":
                told = plain(properties, values, place)
                name, bus = told["Name"], _bus(properties, values)
                yield HubPart(kind="hub rule", name=name, bus=bus, settings=forms.rule(told, told["Targets"]))
            case "AWS::SQS::Queue":
                told = plain(properties, values, place)
                found = forms.queue({**told, "Policy": policies.get(key)})
                yield HubPart(kind="queue", name=told["QueueName"], settings=found)
            case "AWS::Scheduler::Schedule":
                # CloudFormation names its role, which can do nothing but start the function.
                target = {name: part for name, part in properties["Target"].items() if name != "RoleArn"}
                told = plain({**properties, "Target": target}, values, place)
                yield HubPart(kind="schedule", name=told["Name"], settings=forms.schedule(told))
            case "AWS::DynamoDB::Table":
                yield HubPart(kind="table", name=THE_TABLE, settings=_table(plain(properties, values, place)))


def _table(told: Mapping[str, Any]) -> dict[str, Any]:
    expires = told.get("TimeToLiveSpecification", {})
    return forms.table(
        billing=told.get("BillingMode", "PROVISIONED"),
        indexes=told.get("GlobalSecondaryIndexes", ()),
        is_protected=told.get("DeletionProtectionEnabled", False),
        is_recoverable=told.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False),
        is_under_kms=told.get("SSESpecification", {}).get("SSEEnabled", False),
        expires=expires.get("AttributeName") if expires.get("Enabled") else None,
        is_copied="StreamSpecification" in told,
        throughput=told.get("OnDemandThroughput", {}),
    )


def _bus(properties: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """The name of a rule's bus; "" for the default one."""
    return str(plain(properties.get("EventBusName", ""), values, "the hub's template"))
