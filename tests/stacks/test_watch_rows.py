"""What the catalogue of watch events knows, a deployed rule forwards: what nobody hears can't be told."""

import json

import pytest
from ministack.services import eventbridge

from rootwatch.catalogue import watch
from rootwatch.catalogue.watch.row import Row, read_toml_files
from stacks import patterns
from stacks.asset import Asset

ROWS = read_toml_files()
FORWARDED = (patterns.WATCH_EVENTS, patterns.TAMPERING)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.name or row.prefix} {number}" for number, row in enumerate(ROWS)])
def test_a_rule_forwards_what_a_row_tells(row: Row) -> None:
    source = str(row.example.get("eventSource", row.services[0]))
    detail = {"eventName": row.name, "userIdentity": {"type": "AssumedRole"}, **row.example}
    event = {
        "Source": f"aws.{source.partition('.')[0]}",
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(detail),
    }
    assert any(eventbridge._matches_pattern(patterns.text(pattern), event) for pattern in FORWARDED)


def test_the_asset_holds_the_rows_as_the_lambda_reads_them(deploy_asset: Asset) -> None:
    folder = deploy_asset.path / "rootwatch/catalogue/watch"
    assert (folder / "watch.json").read_bytes() == watch.to_json()
    assert not list(folder.glob("*.toml"))


def test_the_rows_name_every_service_whose_parts_the_rule_looks_at() -> None:
    ours = {service for row in ROWS if row.ours for service in row.services}
    assert ours == {f"{service}.amazonaws.com" for service in (*patterns._CHANGED_PARTS, "s3")}


@pytest.mark.parametrize("verb", patterns._CHANGING_VERBS)
def test_the_rows_name_every_verb_that_the_rule_looks_at(verb: str) -> None:
    assert any((row.prefix or row.name).startswith(verb) for row in ROWS if row.ours)
