"""A report shows other people's names as what they are: text."""

import json
import shlex

from hypothesis import given
from hypothesis import strategies as st

from rootwatch_cli.doctoring import report
from rootwatch_cli.doctoring.examination import examination
from rootwatch_cli.doctoring.facts import Member
from rootwatch_cli.doctoring.finding import Finding, exit_code
from rootwatch_cli.doctoring.preflight import preflight
from tests.unit.cli.doctoring.a_hub import SETTINGS, places, roll, state, subscription
from tests.unit.cli.doctoring.an_organisation import PAYMENTS, ROOT, facts, policy, settings, with_accounts
from tests.unit.cli.doctoring.test_denials import REGION_DENY

HOSTILE = "\x1b[2J\x1b]0;all is well\x07\n  ok       All is well.\u202e"


def test_names_of_accounts_and_policies_cannot_draw_on_the_terminal():
    tree = with_accounts(Member(PAYMENTS, HOSTILE, ROOT, active=True))
    named = policy(HOSTILE, [{**REGION_DENY, "Sid": HOSTILE}], PAYMENTS)
    hub = state(places=places((PAYMENTS, "us-east-1"), rolls=[roll(PAYMENTS, name=HOSTILE)]))
    for findings in (preflight(facts(tree=tree, policies=(named,)), settings()), examination(hub, SETTINGS)):
        shown = report.text(findings, 100)
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\n  ok       All is well." not in shown
        assert PAYMENTS in shown


def test_what_is_to_be_copied_runs_nothing_that_a_stranger_named():
    alarm, address = "rootwatch-$(touch x)", "`touch y`@example.com"
    waiting = subscription(endpoint=address, confirmed=False, guarded=False)
    found = examination(state(alarms=(alarm,), subscriptions=(waiting,)), SETTINGS)
    commands = [one.run for one in found if "touch" in one.run]
    assert len(commands) == 2
    words = [word for command in commands for word in shlex.split(command)]
    assert alarm in words
    assert address in words
    assert all("'" in command for command in commands)


@given(
    st.lists(
        st.builds(
            Finding,
            section=st.sampled_from("ab"),
            state=st.sampled_from(["ok", "warn", "fail", "unknown"]),
            says=st.text(),
            do=st.text(),
            run=st.text(max_size=20),
        )
    )
)
def test_any_findings_can_be_shown_and_read_back(findings):
    assert report.text(findings, 80)
    read = json.loads(report.as_json(findings))
    assert len(read["findings"]) == len(findings)
    assert read["ok"] is (exit_code(findings) == 0)
