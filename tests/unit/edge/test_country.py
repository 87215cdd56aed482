"""The country of an address, without asking anybody."""

import pytest

from rootwatch.edge.country import country
from tests.support.monitor import Monitor
from tests.support.records import sign_in


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("193.0.6.139", "NL"),  # RIPE NCC's own web site
        ("2001:67c:2e8:22::c100:68b", "NL"),
        ("::ffff:193.0.6.139", "NL"),
        ("193.0.6.139, 203.0.113.5", "NL"),
        ("203.0.113.5", None),
        ("10.0.0.1", None),
        ("cloudformation.amazonaws.com", None),
        ("\N{ARABIC-INDIC DIGIT ONE}.2.3.4", None),
        ("", None),
        (None, None),
    ],
)
def test_a_registry_says_which_country_an_address_is_registered_in(address, code):
    assert country(address) == code


def test_the_fact_keeps_the_country_and_the_alert_has_it():
    monitor = Monitor().take(sign_in(sourceIPAddress="203.0.113.5"))
    assert [fact.country for fact in monitor.facts] == ["NL"]
    assert monitor.seen("slack")[0].fact.country == "NL"


def test_an_address_of_no_country_is_told_all_the_same():
    monitor = Monitor().take(sign_in(sourceIPAddress="AWS Internal"))
    assert [fact.country for fact in monitor.facts] == [None]
    assert len(monitor.pages) == 1
