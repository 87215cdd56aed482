"""Athena over a trail of our own: the same table and the same question as the command line's."""

from collections.abc import Callable, Mapping
from typing import Any

from rootwatch_cli.athena import schema
from rootwatch_cli.athena.question import last_week
from rootwatch_cli.athena.table import LogTable
from stacks.asset import Asset
from tests.stacks.placements import FOREIGN_TRAIL

Templates = Mapping[str, dict[str, Any]]


def of_kind(templates: Templates, kind: str) -> list[dict[str, Any]]:
    resources = templates["rootwatch-hub"]["Resources"].values()
    return [resource["Properties"] for resource in resources if resource["Type"] == kind]


def expected(context: Mapping[str, Any]) -> LogTable:
    settings = context["rootwatch"]
    root = f"s3://rootwatch-trail-{settings['hub_account']}-{settings['hub_region']}/AWSLogs/o-exampleorgid/"
    return LogTable(root=root, regions=tuple(sorted(settings["regions"])), given_name="cloudtrail")


def test_the_table_is_the_one_that_the_command_line_would_make(delegated: Templates, context: dict[str, Any]) -> None:
    (database,) = of_kind(delegated, "AWS::Glue::Database")
    (table,) = of_kind(delegated, "AWS::Glue::Table")
    made, wanted = table["TableInput"], expected(context)
    assert (database["DatabaseInput"]["Name"], made["Name"]) == ("rootwatch", "cloudtrail")
    assert made["Parameters"] == wanted.properties
    assert made["StorageDescriptor"]["Location"] == wanted.root
    columns = made["StorageDescriptor"]["Columns"]
    assert [(column["Name"], column["Type"]) for column in columns] == list(schema.columns())
    assert [column["Name"] for column in made["PartitionKeys"]] == ["account", "region", "day"]


def test_the_question_has_a_name_and_is_the_command_lines(delegated: Templates, context: dict[str, Any]) -> None:
    (query,) = of_kind(delegated, "AWS::Athena::NamedQuery")
    accounts = [context["rootwatch"]["management_account"], context["rootwatch"]["hub_account"]]
    assert query["QueryString"] == last_week(expected(context), accounts)
    assert len(query["QueryString"]) < 262_144
    assert (query["WorkGroup"], query["Database"]) == ("rootwatch", "rootwatch")


def test_answers_lie_in_a_bucket_of_their_own_for_thirty_days(delegated: Templates) -> None:
    (group,) = of_kind(delegated, "AWS::Athena::WorkGroup")
    configuration = group["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 1_000_000_000_000
    location = configuration["ResultConfiguration"]["OutputLocation"]["Fn::Join"][1]
    (bucket,) = [
        resource["Properties"]
        for name, resource in delegated["rootwatch-hub"]["Resources"].items()
        if name == location[1]["Ref"]
    ]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 30


def test_without_a_trail_of_our_own_there_is_no_athena(
    synthesize: Callable[..., Templates], deploy_asset: Asset
) -> None:
    for trail in (None, FOREIGN_TRAIL):
        templates = synthesize(deploy_asset, trail=trail)
        assert not of_kind(templates, "AWS::Athena::WorkGroup")
        assert not of_kind(templates, "AWS::Glue::Table")
