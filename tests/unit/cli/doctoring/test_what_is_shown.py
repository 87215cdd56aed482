"""The reports as people see them, compared with the samples in tests/golden/doctor."""

import json
from datetime import timedelta

import msgspec
import pytest

from rootwatch.edge.last_sends import LastSend
from rootwatch_cli.doctoring import report
from rootwatch_cli.doctoring.examination import examination
from rootwatch_cli.doctoring.facts import Secret
from rootwatch_cli.doctoring.finding import Unknown
from rootwatch_cli.doctoring.preflight import preflight
from tests.support.records import NOON
from tests.unit.cli.doctoring.a_hub import places, queue, roll, state, subscription
from tests.unit.cli.doctoring.an_organisation import (
    HUB,
    MANAGEMENT,
    PAYMENTS,
    REGIONS,
    ROOT,
    SANDBOX,
    facts,
    policy,
    settings,
    trail,
)
from tests.unit.cli.doctoring.test_denials import REGION_DENY
from tests.unit.render.golden import check

FINDINGS = {
    "preflight-well": lambda: preflight(facts(), settings()),
    "preflight-unwell": lambda: preflight(
        facts(
            trusted=frozenset({"cloudtrail.amazonaws.com", "iam.amazonaws.com"}),
            delegated={},
            trails=(trail(status={"IsLogging": False}),),
            regions={
                MANAGEMENT: (*REGIONS, "eu-west-1"),
                **dict.fromkeys((HUB, PAYMENTS, SANDBOX), Unknown("ListRegions answered AccessDeniedException")),
            },
            policies=(policy("Guardrails", [REGION_DENY], ROOT),),
            secrets=(Secret("slack", "rootwatch/slack", "there is no such secret"),),
        ),
        settings(trail=None, regions=["us-east-1", "eu-central-1"]),
    ),
    "doctor-well": lambda: examination(state(), settings(heartbeat={"secret": "rootwatch/heartbeat"})),
    "doctor-unwell": lambda: examination(
        state(
            places=places(
                (PAYMENTS, "us-east-1"),
                (PAYMENTS, "eu-central-1"),
                rolls=[roll(MANAGEMENT), roll(HUB), roll(PAYMENTS), roll(SANDBOX, status="SUSPENDED"), _differing()],
            ),
            queues={"rootwatch-records": queue(dead=2)},
            subscriptions=(subscription(guarded=False),),
            alarms=("rootwatch-records-dead",),
            last_sends=(
                *state().last_sends,
                LastSend(
                    channel="slack",
                    state="failed",
                    at=NOON - timedelta(minutes=9),
                    incident="111122223333-0a1b2c3d4e5f",
                    reason="Slack: channel_not_found",
                ),
            ),
        ),
        settings(),
    ),
}


def _differing():
    known = roll("123456789012", name="prod-data")
    place = msgspec.structs.replace(
        known.places["us-east-1"],
        differs=("the rule rootwatch-root-use does not see read-only calls any more (its state is ENABLED)",),
        compared_at=NOON - timedelta(hours=3),
    )
    return msgspec.structs.replace(known, places={**known.places, "us-east-1": place})


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("case", FINDINGS)
def test_the_report_reads_as_the_sample_reads(case, width):
    text = report.text(FINDINGS[case](), width)
    check("doctor", f"{case}-{width}.txt", text + "\n")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("case", FINDINGS)
def test_no_line_is_wider_than_the_terminal_but_for_what_is_to_be_copied(case, width):
    findings = FINDINGS[case]()
    copied = {line.strip() for finding in findings for line in finding.run.splitlines()}
    for line in report.text(findings, width).splitlines():
        assert len(line) <= width or line.strip() in copied or " " not in line.strip()


@pytest.mark.parametrize("case", FINDINGS)
def test_a_program_reads_the_same_findings(case):
    findings = FINDINGS[case]()
    read = json.loads(report.as_json(findings))
    assert [one["says"] for one in read["findings"]] == [one.says for one in findings]
    assert read["ok"] is not any(one.state == "fail" for one in findings)


@pytest.mark.parametrize("case", FINDINGS)
def test_every_finding_is_a_sentence_and_what_is_not_well_says_what_to_do(case):
    for one in FINDINGS[case]():
        assert one.says.endswith(".")
        assert one.state == "ok" or one.do
