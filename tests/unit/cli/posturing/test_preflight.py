"""The preflight finds a service control policy that would blind posture."""

from rootwatch_cli.doctoring.preflight import preflight
from tests.unit.cli.doctoring.an_organisation import ROOT, facts, policy, settings

NO_REPORTS = {
    "Effect": "Deny",
    "Action": "iam:GetCredentialReport",
    "Resource": "*",
    "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Auditor"}},
}


def failures(*statements):
    policies = (policy("Guardrails", list(statements), ROOT),) if statements else ()
    return [one.says for one in preflight(facts(policies=policies), settings()) if one.state == "fail"]


def test_a_policy_that_denies_credential_reports_is_found():
    assert not any("how root is guarded" in says for says in failures())
    assert any("how root is guarded" in says for says in failures(NO_REPORTS))
