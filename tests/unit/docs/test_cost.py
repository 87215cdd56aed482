"""The bill: each item a quantity times a price, in arithmetic that can be done by hand."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs._cost.bill import CANARIES, FILES, STORED, alarm_count, bill, canary_records, log_files, second_trail
from docs._cost.organisation import Organisation
from docs._cost.prices import FILE, prices
from docs._generators import cost
from docs.cost import main


def an_organisation(**changes):
    given = {"accounts": 10, "regions": 4, "trail": "existing", "activity": "small"}
    return Organisation(**{**given, **changes})


def quantity(org, group, price):
    [found] = [item.quantity for item in bill(org) if (item.group, item.price) == (group, price)]
    return found


def total(org):
    return sum(item.dollars for item in bill(org))


organisations = st.builds(
    Organisation,
    accounts=st.integers(1, 10_000),
    regions=st.integers(1, 40),
    trail=st.sampled_from(["own", "existing"]),
    activity=st.sampled_from(["small", "busy"]),
)


def test_a_price_is_for_so_many():
    assert prices()["second_copy"].of(150_000) == pytest.approx(3.0)  # the example of CloudTrail's own page
    assert prices()["sqs"].of(2_500_000) == pytest.approx(1.0)


def test_a_canary_goes_out_each_hour_from_each_place_and_is_forwarded():
    assert quantity(an_organisation(), CANARIES, "eventbridge_forwarded") == 10 * 4 * 730


def test_canaries_leave_a_record_in_each_place_and_two_for_the_role_that_is_taken():
    assert canary_records(an_organisation()) == 730 * (10 * 4 + 2 * 10)


def test_a_quiet_place_writes_a_log_file_an_hour_and_an_active_one_twelve():
    # small: one active Region of four
    assert log_files(an_organisation()) == 730 * (10 * 3 + 10 * 12)


def test_no_account_is_active_in_more_regions_than_it_has():
    assert log_files(an_organisation(regions=1, activity="busy")) == 730 * 10 * 12


def test_a_second_trail_pays_for_every_management_event():
    org = an_organisation(activity="busy")
    assert second_trail(org).dollars == pytest.approx((10 * 1_000_000 + canary_records(org)) / 100_000 * 2)


def test_our_own_trail_pays_for_writing_and_keeping_and_one_that_is_there_for_what_canaries_add():
    own, existing = an_organisation(trail="own"), an_organisation()
    assert {item.group for item in bill(own)} - {item.group for item in bill(existing)} == {STORED}
    assert quantity(existing, FILES, "s3_put") == 730 * 10 * 3


def test_digests_are_told_of_by_s3_too():
    assert quantity(an_organisation(), FILES, "eventbridge_s3") == log_files(an_organisation()) + 730 * 10 * 4


def test_every_alarm_of_the_hub_is_paid_for():
    [paid] = [item.quantity for item in bill(an_organisation()) if item.price == "cloudwatch_alarm"]
    assert paid == alarm_count() > 20


@given(organisations)
def test_every_item_has_a_price_and_costs_something(org):
    assert all(item.quantity >= 0 and item.dollars >= 0 for item in bill(org))
    assert total(org) > 0


@given(organisations, st.sampled_from(["accounts", "regions"]))
def test_more_of_anything_never_costs_less(org, what):
    more = Organisation(
        accounts=org.accounts + (what == "accounts"),
        regions=org.regions + (what == "regions"),
        trail=org.trail,
        activity=org.activity,
    )
    assert total(more) >= total(org)


def test_every_price_is_used():
    used = {item.price for trail in ("own", "existing") for item in bill(an_organisation(trail=trail))}
    assert used | {second_trail(an_organisation()).price} == set(prices())


def test_every_price_names_a_page_of_aws():
    assert all(one.source.startswith("https://aws.amazon.com/") for one in prices().values())


def test_the_sums_of_the_page_are_those_of_the_bill():
    org = Organisation(accounts=3_000, regions=17, trail="own", activity="small")
    row = next(line for line in cost.totals().splitlines() if line.startswith("| 3,000 | 17 | rootwatch"))
    assert f"| ${total(org):,.0f} |" in row


def test_the_command_shows_the_dearest_first_and_what_adds_up(capsys):
    assert main(["--accounts", "120", "--regions", "17"]) == 0
    lines = capsys.readouterr().out.splitlines()
    groups = [float(line.split()[0]) for line in lines[1:] if line[12:13] != " "]
    assert groups == sorted(groups, reverse=True)
    assert sum(groups) == pytest.approx(float(lines[0].split()[0]), abs=0.1)


def test_the_command_refuses_an_organisation_without_accounts():
    done = subprocess.run(
        [sys.executable, "-m", "docs.cost", "--accounts", "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "from 1 up" in done.stderr


def test_the_round_figures_of_the_deployment_guide_hold():
    guide = (FILE.parent / "deploy.md").read_text("utf-8")
    said = re.search(r"some \$(\d+) a month for 50 accounts in 17 Regions, some \$(\d+) for 3,000", guide)
    assert said
    for accounts, dollars in ((50, said[1]), (3_000, said[2])):
        org = Organisation(accounts=accounts, regions=17, trail="existing", activity="small")
        assert total(org) == pytest.approx(float(dollars), rel=0.1)


def test_of_every_price_it_is_said_in_whose_words_it_was_read_and_when():
    for name, one in prices().items():
        assert one.on.year >= 2026, name
        assert one.source.startswith("https://aws.amazon.com/"), name
        if one.read == "AWS":
            assert one.where.startswith("https://aws.amazon.com/"), name
        assert one.read != "quoted" or "line" in one.note, name
