"""Places that fall silent are told once, by their cause, and once more when they are heard again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import settings as at_most
from hypothesis import strategies as st

from rootwatch.core.coverage import SLOTS, slot_of, to_ask
from rootwatch.core.coverage import rows as judged
from rootwatch.core.silence_causes import EVERYTHING, MANY, REGION
from tests.support.organisation import Organisation

REGIONS = ("us-east-1", "eu-central-1")


def settled(**changes):
    """An organisation that is heard everywhere."""
    one = Organisation(**changes).go_on(hours=2)
    assert one.told == []
    assert {one.state(account, region) for account in one.accounts for region in REGIONS} == {"fast"}
    return one


def test_where_all_is_well_nothing_is_told_in_a_day():
    one = Organisation(accounts=20).go_on(hours=24)
    assert one.told == []


def test_each_account_is_asked_once_an_hour_and_a_twelfth_of_them_every_five_minutes():
    one = Organisation(accounts=120).go_on(hours=1)
    one.asked.clear()
    one.go_on(hours=10)
    per_account = {account: sum(asked == account for _, asked in one.asked) for account in one.accounts}
    assert set(per_account.values()) == {10}
    busiest = max(sum(at == moment for moment, _ in one.asked) for at in {moment for moment, _ in one.asked})
    assert busiest == max(sum(slot_of(a) == slot for a in one.accounts) for slot in range(SLOTS))


def test_an_account_that_was_left_out_by_a_run_that_was_cut_short_is_asked_in_the_next():
    one = settled()
    one.now += timedelta(minutes=90)  # no run at all for an hour and a half
    rows = judged(one.rolls.values(), one.heard, one.settings, one.now)
    assert {roll.account for roll in to_ask(rows, one.settings, one.now)} == set(one.accounts)


def test_one_region_of_one_account_is_one_notice_and_its_end_another():
    one = settled()
    victim = one.accounts[2]
    one.fast = lambda account, region: (account, region) == (victim, REGIONS[0])
    one.go_on(hours=3)
    [silence] = one.began
    assert (silence.cause, silence.state, silence.places) == (victim, "blind", ((victim, REGIONS[0]),))
    assert one.over == []
    one.fast = lambda account, region: False
    one.go_on(hours=2)
    [over] = one.over
    assert (over.cause, over.since, over.left) == (victim, silence.since, ())
    assert len(one.began) == 1


def test_all_regions_of_an_account_are_one_notice():
    one = settled()
    victim = one.accounts[2]
    one.fast = lambda account, region: account == victim
    one.go_on(hours=5)
    assert [silence.cause for silence in one.began] == [victim]
    assert {region for _, region in one.began[0].places} == set(REGIONS)


def test_it_is_told_within_half_an_hour_of_the_first_canary_that_was_not_heard():
    one = settled()
    victim = one.accounts[2]
    one.fast = lambda account, region: account == victim
    one.go_on(hours=2)
    [(at, silence)] = one.told
    assert at - silence.since == timedelta(minutes=30)


def test_one_region_of_all_accounts_is_one_notice():
    one = settled(accounts=12)
    one.fast = lambda account, region: region == REGIONS[1]
    one.go_on(hours=5)
    assert [silence.cause for silence in one.began] == [f"{REGION}{REGIONS[1]}"]
    one.fast = lambda account, region: False
    one.go_on(hours=3)
    assert [over.cause for over in one.over] == [f"{REGION}{REGIONS[1]}"]
    assert len(one.began) == 1


def test_a_broken_hub_is_one_notice_however_many_accounts_there_are():
    one = settled(accounts=60)
    one.fast = lambda account, region: True
    one.go_on(hours=6)
    assert [silence.cause for silence in one.began] == [EVERYTHING]
    one.fast = lambda account, region: False
    one.go_on(hours=3)
    assert [over.cause for over in one.over] == [EVERYTHING]
    assert len(one.began) == 1


def test_a_bus_that_admits_nobody_silences_all_but_the_hub_s_own_account_and_is_one_notice():
    one = settled(accounts=12)
    hub = one.accounts[-1]
    one.fast = lambda account, region: account != hub
    one.go_on(hours=4)
    assert [silence.cause for silence in one.began] == [EVERYTHING]
    one.fast = lambda account, region: False
    one.go_on(hours=2)
    assert [over.cause for over in one.over] == [EVERYTHING]


def test_what_stays_silent_when_the_hub_is_well_again_is_told_as_what_it_is():
    one = settled(accounts=12)
    victim = one.accounts[3]
    one.fast = lambda account, region: True
    one.go_on(hours=2)
    one.fast = lambda account, region: account == victim
    one.go_on(hours=3)
    assert [silence.cause for silence in one.began] == [EVERYTHING, victim]
    assert [over.cause for over in one.over] == [EVERYTHING]
    assert {account for account, _ in one.over[0].left} >= {victim}


def test_many_accounts_that_are_not_all_of_them_are_a_few_notices_and_then_one():
    one = settled(accounts=40)
    victims = set(one.accounts[5:35])
    one.fast = lambda account, region: account in victims
    one.go_on(hours=6)
    causes = [silence.cause for silence in one.began]
    assert sum(cause.isdigit() for cause in causes) <= 3
    assert set(causes) - {MANY} <= victims
    told = {account for silence in one.began for account, _ in silence.places}
    assert told == victims


def test_the_hubs_own_account_is_told_by_itself_even_among_many():
    one = settled(accounts=40)
    hub = one.accounts[-1]
    one.fast = lambda account, region: account != one.accounts[0]
    one.go_on(hours=4)
    assert hub in [silence.cause for silence in one.began]


def test_what_the_log_files_bring_is_not_blind_but_late():
    one = settled()
    victim = one.accounts[2]
    one.log = lambda account, region: False
    one.fast = lambda account, region: account == victim
    one.go_on(hours=3)
    [silence] = one.began
    assert (silence.cause, silence.state) == (victim, "backstop-only")
    one.log = lambda account, region: account == victim
    one.go_on(hours=3)
    assert [silence.state for silence in one.began] == ["backstop-only", "blind"]


def test_a_region_that_is_declared_backstop_only_is_well_with_log_files_alone():
    one = Organisation(coverage={"backstop_only": [REGIONS[1]]})
    one.log = lambda account, region: False
    one.fast = lambda account, region: region == REGIONS[1]
    one.go_on(hours=12)
    assert one.told == []
    one.log = lambda account, region: True
    one.go_on(hours=3)
    assert {silence.state for silence in one.began} == {"blind"}


def test_a_suspended_account_is_not_asked_and_not_missed():
    one = settled()
    victim = one.accounts[2]
    one.suspend(victim)
    one.fast = lambda account, region: account == victim
    one.asked.clear()
    one.go_on(hours=5)
    assert one.told == []
    assert victim not in {account for _, account in one.asked}


def test_a_silence_ends_when_its_account_is_suspended():
    one = settled()
    victim = one.accounts[2]
    one.fast = lambda account, region: account == victim
    one.go_on(hours=2)
    one.suspend(victim)
    one.go_on(minutes=10)
    [over] = one.over
    assert (over.cause, over.heard_at) == (victim, None)


def test_a_new_account_has_an_hour_to_be_deployed():
    one = settled()
    fresh = Organisation(accounts=7).accounts[-1]
    one.rolls[fresh] = Organisation(accounts=7).rolls[fresh]
    one.rolls[fresh] = one.rolls[fresh].covering((), one.now).covering(REGIONS, one.now)
    one.fast = lambda account, region: account == fresh
    one.go_on(minutes=55)
    assert one.told == []
    one.go_on(minutes=30)
    assert [silence.cause for silence in one.began] == [fresh]


def test_a_flapping_place_does_not_flood():
    one = settled()
    victim = one.accounts[2]
    for _ in range(12):  # an hour and a half silent, half an hour heard, for a day
        one.fast = lambda account, region: account == victim
        one.go_on(minutes=90)
        one.fast = lambda account, region: False
        one.go_on(minutes=30)
    assert len(one.began) <= 3
    one.go_on(hours=8)
    assert len(one.over) == len(one.began)


@given(
    st.lists(
        st.tuples(
            st.integers(20, 400),  # minutes
            st.sets(st.tuples(st.integers(0, 7), st.integers(0, 1)), max_size=16),  # places cut
            st.booleans(),  # whether log files bring them
        ),
        max_size=5,
    )
)
@at_most(max_examples=30)  # each plays a day of an organisation
def test_whatever_is_cut_and_mended_each_place_is_told_once_and_ends_once(story):
    one = settled(accounts=8)
    for minutes, places, by_log in story:
        cut = {(one.accounts[account], REGIONS[region]) for account, region in places}
        one.fast = lambda account, region, cut=cut: (account, region) in cut
        one.log = lambda account, region, cut=cut, by_log=by_log: (account, region) in cut and not by_log
        one.go_on(minutes=minutes)
    one.fast = one.log = lambda account, region: False
    one.go_on(hours=16)
    standing = {}
    for _, said in one.told:
        if said in one.over:
            ended = standing.pop(said.cause)  # never an end of what was not told
            assert {place for place in ended if place in said.left} == set(said.left) & ended
        else:
            known = standing.setdefault(said.cause, set())
            assert said.state == "blind" or not set(said.places) & known  # told again only when it is worse
            known |= set(said.places)
    assert standing == {}
    for account in one.accounts:
        for region in REGIONS:
            assert one.state(account, region) == "fast"


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 1)), min_size=1, max_size=16))
def test_whatever_is_cut_for_good_is_told_within_two_hours_by_few_notices(places):
    one = settled(accounts=8)
    cut = {(one.accounts[account], REGIONS[region]) for account, region in places}
    one.fast = lambda account, region: (account, region) in cut
    one.go_on(hours=2)
    told = {place for silence in one.began for place in silence.places}
    assert told <= cut
    causes = {silence.cause for silence in one.began}
    wide = {f"{REGION}{region}" for region in REGIONS} & causes
    assert EVERYTHING in causes or all(place in told or f"{REGION}{place[1]}" in wide for place in cut)
    # Three accounts alone, the two that can silence us, the rest together; some Regions wholly.
    assert len({silence.cause for silence in one.began}) <= 3 + 2 + 1 + len(REGIONS)


def lost_in(one, *places):
    one.losses = {place: f"fast path of {place[1]}" for place in places}
    one.fast = lambda account, region: (account, region) in places
    one.log = lambda account, region: (account, region) not in places
    return one


def test_canaries_that_only_log_files_bring_are_part_of_a_loss_that_is_told():
    one = settled()
    place = (one.accounts[2], REGIONS[0])
    lost_in(one, place).go_on(hours=5)
    assert one.told == []
    [known] = one.known
    assert (known.account, known.region, known.loss) == (*place, f"fast path of {REGIONS[0]}")


def test_its_end_is_the_end_of_the_loss_and_told_with_it():
    one = settled()
    place = (one.accounts[2], REGIONS[0])
    lost_in(one, place).go_on(hours=2)
    one.fast = lambda account, region: False
    one.go_on(hours=1)
    one.losses = {}
    one.go_on(hours=3)
    assert one.told == []
    assert one.rolls[place[0]].places[place[1]].told is None


def test_what_stays_silent_when_the_loss_is_over_is_told_as_what_it_is():
    one = settled()
    place = (one.accounts[2], REGIONS[0])
    lost_in(one, place).go_on(hours=2)
    one.losses = {}
    one.go_on(hours=2)
    [silence] = one.began
    assert (silence.cause, silence.state, silence.places) == (place[0], "backstop-only", (place,))
    one.fast = lambda account, region: False
    one.go_on(hours=2)
    assert [over.cause for over in one.over] == [place[0]]


def test_blindness_is_told_whatever_was_told_of_the_fast_path():
    one = settled()
    place = (one.accounts[2], REGIONS[0])
    lost_in(one, place).go_on(hours=2)
    one.log = lambda account, region: True
    one.go_on(hours=2)
    [silence] = one.began
    assert (silence.cause, silence.state, silence.places) == (place[0], "blind", (place,))


def test_another_region_of_the_same_account_is_news():
    one = settled()
    known, fresh = ((one.accounts[2], region) for region in REGIONS)
    lost_in(one, known, fresh)
    del one.losses[fresh]
    one.go_on(hours=3)
    [silence] = one.began
    assert (silence.cause, silence.places) == (known[0], (fresh,))
    assert [(each.account, each.region) for each in one.known] == [known]


def test_a_wide_silence_is_news_though_some_of_its_places_are_told_as_lost():
    one = settled(accounts=12)
    everywhere = [(account, region) for account in one.accounts for region in REGIONS]
    lost_in(one, *everywhere)
    one.losses = dict.fromkeys(everywhere[:6], "organisation: fast path since now")
    one.go_on(hours=4)
    assert one.began[-1].cause == EVERYTHING
    assert {place.told for roll in one.rolls.values() for place in roll.places.values()} == {"backstop-only"}


def test_a_loss_that_several_places_share_is_told_once_though_all_of_them_fall_silent():
    one = settled(accounts=12)
    lost = [(account, REGIONS[0]) for account in one.accounts[2:8]]
    lost_in(one, *lost)
    one.losses = dict.fromkeys(lost, "organisation: fast path since now")
    one.go_on(hours=4)
    assert one.told == []
    assert {(known.account, known.region) for known in one.known} == set(lost)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.integers(0, 1),
            st.sampled_from(["well", "slow", "blind"]),
            st.booleans(),
            st.integers(1, 9),
        ),
        max_size=8,
    )
)
@at_most(max_examples=30)
def test_whatever_happens_only_a_place_that_is_told_as_lost_is_left_out_and_in_the_end_nothing_stands(steps):
    one = settled()
    how = {}
    one.fast = lambda account, region: how.get((account, region), "well") != "well"
    one.log = lambda account, region: how.get((account, region), "well") != "slow"
    for account, region, state, lost, quarters in steps:
        place = (one.accounts[account], REGIONS[region])
        how[place] = state
        one.losses.pop(place, None)
        if lost:
            one.losses[place] = "fast path"
        before = len(one.known)
        one.go_on(minutes=15 * quarters)
        assert all((known.account, known.region) in one.losses for known in one.known[before:])
    how.clear()
    one.losses = {}
    one.go_on(hours=16)
    assert {place.told for roll in one.rolls.values() for place in roll.places.values()} == {None}


def test_one_more_account_beside_several_that_are_told_as_lost_is_told_by_its_own_name():
    one = settled(accounts=12)
    *lost, fresh = ((account, REGIONS[0]) for account in one.accounts[2:6])
    lost_in(one, *lost, fresh)
    del one.losses[fresh]
    for _ in range(3):  # it did not run for long: all are late at once
        one.now += timedelta(hours=2)
        one.run()
    [silence] = one.began
    assert (silence.cause, silence.places) == (fresh[0], (fresh,))
    assert {(each.account, each.region) for each in one.known} == set(lost)
