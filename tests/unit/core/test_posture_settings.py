"""The settings of posture, and the digest that is made of them."""

import pytest

from rootwatch.core.posture import Central, Posture
from rootwatch.core.posture_digest import weekly
from rootwatch.core.posture_rules import RULES, TITLES
from rootwatch.core.settings_json import SettingsError
from tests.support.records import ACCOUNT, HUB, NOON, settings


def test_looking_as_root_needs_a_hub_that_iam_lets_do_so():
    with pytest.raises(SettingsError) as caught:
        settings(posture={"assume_root": True})
    assert "rootwatch.posture.assume_root needs the hub account among" in str(caught.value)
    assert settings(posture={"assume_root": True}, root_access_administrators=[HUB]).posture.assume_root


@pytest.mark.parametrize("must", [["root-mfa", "no-such-rule"], "root-mfa", [1]])
def test_a_rule_that_is_none_is_refused_with_all_that_are(must):
    with pytest.raises(SettingsError) as caught:
        settings(posture={"must": must})
    assert "rootwatch.posture.must is not valid: write a list of what must hold" in str(caught.value)
    assert all(rule in str(caught.value) for rule in RULES)


def test_every_rule_has_a_title():
    assert TITLES.keys() == set(RULES)


@pytest.mark.parametrize(("must", "severity"), [([], "low"), (["root-mfa"], "medium")])
def test_the_digest_is_medium_only_while_an_account_is_below_the_line(must, severity):
    unread = Posture(account=ACCOUNT, since=NOON)
    fact = weekly([unread], Central(), settings(posture={"must": must}), NOON)
    assert fact.severity == severity
    assert "1 account could not be read" in fact.says
