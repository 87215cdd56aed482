"""Every kind of alert as each channel shows it, compared with the samples in tests/golden."""

import json

import msgspec
import pytest

from rootwatch.render.headline import headline
from rootwatch.render.pagerduty import pagerduty
from rootwatch.render.slack import slack
from rootwatch.render.sns import sns
from tests.unit.render.golden import GOLDEN, check
from tests.unit.render.samples import CASES, SETTINGS


def _json(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_slack_shows_what_the_sample_shows(case):
    check("slack", f"{case}.json", _json(slack(CASES[case](), SETTINGS)))


@pytest.mark.parametrize("case", CASES)
def test_pagerduty_is_told_what_the_sample_tells(case):
    check("pagerduty", f"{case}.json", _json(pagerduty(CASES[case](), SETTINGS)))


@pytest.mark.parametrize("case", CASES)
def test_an_email_reads_as_the_sample_reads(case):
    message = sns(CASES[case](), SETTINGS)
    check("sns", f"{case}.txt", f"Subject: {message.subject}\n\n{json.loads(message.message)['email']}")


@pytest.mark.parametrize("case", CASES)
def test_a_machine_reads_what_the_sample_holds(case):
    message = sns(CASES[case](), SETTINGS)
    check("sns", f"{case}.json", _json([message.attributes, json.loads(json.loads(message.message)["sqs"])]))


def test_the_headlines_of_all_samples_read_as_one_list():
    width = max(map(len, CASES)) + 2
    lines = [f"{case:<{width}}{headline(make(), SETTINGS)}" for case, make in CASES.items()]
    check("headline", "all.txt", "\n".join(lines) + "\n")


def test_no_sample_is_left_over_from_a_case_that_is_gone():
    kept = {path.stem for path in GOLDEN.glob("*/*") if path.parent.name in ("pagerduty", "slack", "sns")}
    assert kept == CASES.keys()
