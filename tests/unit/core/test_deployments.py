"""What belongs to a deployment, whatever a record holds and in whatever order it comes; and when its time is up."""

import json
from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core import deployment_check, deployments, watch
from rootwatch.core.deployment_check import Part, check, touched
from rootwatch.core.progress import CONFIRMED_WITHIN, Progress
from rootwatch.core.roll import Place
from tests.support.deployments import (
    MANIFEST,
    ROOT_RULE,
    TAMPERING_RULE,
    execute_change_set,
    put_rule,
    put_targets,
    update_function,
    update_stack_set,
)
from tests.support.journal import Journal
from tests.support.records import ACCOUNT, HUB, NOON, OTHER, THIRD, after, settings
from tests.support.watch import by_stack_sets, done

SETTINGS = settings()
WHERE = (HUB, "eu-central-1")
STORY = [
    execute_change_set(NOON),
    update_stack_set(after(1)),
    update_function(after(1)),
    *(put_rule(after(2), account) for account in (ACCOUNT, OTHER, THIRD)),
    *(put_targets(after(2), account) for account in (ACCOUNT, OTHER, THIRD)),
    put_rule(after(3), ACCOUNT, TAMPERING_RULE),
]
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.sampled_from(["rootwatch-root-use", "{}", "["]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "rule", "arn", "state", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.permutations(STORY))
def test_the_order_in_which_a_deployment_is_heard_changes_nothing_that_is_true(order):
    heads = []
    for records in (STORY, order):
        journal = Journal()
        for record in records:
            journal.take(record)
        [head] = journal.store.heads.values()
        heads.append((head.scope, head.harms, head.seen, head.why, head.progress))
        assert journal.pages == []
        # Heard after what CloudFormation did, who began it is told when it is known.
        late = ["escalated"] if journal.notices[0].fact.began_by == "" else []
        assert [one.type for one in journal.notices] == ["opened", *late]
    assert heads[0] == heads[1]
    assert heads[0][-1].people == ("ana",)


def test_the_scope_under_which_coverage_seeks_it_is_that_of_its_records():
    fact = watch.watch_fact(STORY[0], {}, SETTINGS, NOON)
    assert watch.scope(fact) == deployments.SCOPE


@given(st.sampled_from(["PutRule", "PutTargets"]), ODD, ODD, ODD, ODD)
def test_no_shape_of_a_request_breaks_us_and_only_what_should_be_there_is_taken_for_it(
    name, thing, first, second, third
):
    request = {"name": thing, "rule": thing, "state": first, "eventPattern": second, "targets": third}
    parameters = {**request, "description": "rootwatch"} if isinstance(thing, str) else request
    record = done(name, "events", NOON, parameters=parameters, **by_stack_sets(ACCOUNT))
    reason = deployments.narrowing(record, MANIFEST)
    if thing in (ROOT_RULE.name, TAMPERING_RULE.name):
        assert reason


@given(ODD, ODD)
def test_no_shape_of_a_policy_is_taken_for_another(role, document):
    request = {"roleName": role, "policyName": "forward", "policyDocument": document}
    record = done("PutRolePolicy", "iam", NOON, parameters=request, **by_stack_sets(ACCOUNT))
    assert deployments.narrowing(record, MANIFEST)


def test_the_same_pattern_in_another_spelling_is_the_same():
    pattern = json.dumps(ROOT_RULE.pattern, indent=2)
    assert deployments.narrowing(put_rule(NOON, change={"eventPattern": pattern}), MANIFEST) is None


def test_without_a_manifest_nothing_narrows_at_once_but_a_rule_that_is_switched_off():
    assert deployments.narrowing(put_rule(NOON, change={"eventPattern": "{}"}), None) is None
    assert deployments.narrowing(put_rule(NOON, change={"state": "DISABLED"}), None)


RULE = Part(ACCOUNT, "us-east-1", "rule:rootwatch-root-use")


def place(minute, *differs, digest="d"):
    return Place(made=NOON, asked_from=NOON, compared_at=after(minute), compared_with=digest, differs=differs)


def checked(place_there, *times, **changes):
    places = {RULE.where: place_there} if place_there else {}
    given_there = {"digest": "d", "hub": WHERE, "deploying": False, **changes}
    return check({RULE: [after(minute) for minute in times]}, places, {}, **given_there)


def test_a_rule_is_confirmed_only_by_a_comparison_after_its_last_change():
    assert checked(place(5), 1, 4).since is None
    assert checked(place(5), 1, 5).since == after(5)
    assert checked(place(5), 1, 6, 7).since == after(6)
    assert checked(place(5, "the rule is gone"), 1, 4).since == after(1)
    assert checked(place(5, digest="another"), 1).since == after(1)
    assert checked(None, 1).unconfirmed == (
        f"in {ACCOUNT} us-east-1 the rule rootwatch-root-use could not be compared",
    )


def test_what_was_told_as_a_deviation_is_not_told_again():
    found = checked(place(5, "the rule is gone"), 1, told=[RULE.where])
    assert (found.since, found.unconfirmed, found.places, found.told) == (None, (), (), (RULE.where,))


def test_what_is_left_out_counts_only_while_what_should_be_is_new():
    places = {RULE.where: place(5), (OTHER, "us-east-1"): place(5, "the rule is gone")}
    changed = {RULE: [after(1)]}
    assert check(changed, places, {}, digest="d", hub=WHERE, deploying=False).missing == ()
    found = check(changed, places, {}, digest="d", hub=WHERE, deploying=True)
    assert found.missing == (f"in {OTHER} us-east-1 the rule is gone",)
    assert found.places == ((OTHER, "us-east-1"),)


def test_a_record_with_a_time_that_is_to_come_is_taken_for_one_of_now():
    fact = msgspec.structs.replace(watch.watch_fact(put_rule(after(600)), {}, SETTINGS, NOON), account=ACCOUNT)
    [times] = touched([fact], after(1), [ROOT_RULE.name]).values()
    assert times == [after(1)]


@given(
    st.none() | st.integers(0, 60),
    st.none() | st.integers(-60, 60),
    st.booleans(),
    st.integers(0, 120),
)
def test_its_time_is_never_longer_than_a_quarter_of_an_hour_from_when_it_was_last_looked_at(
    looked, since, missing, processed
):
    progress = Progress(
        checked_at=None if looked is None else after(looked),
        since=None if since is None else after(since),
        missing=("something",) if missing else (),
    )
    deadline = progress.deadline(NOON, after(processed))
    assert deadline <= (progress.checked_at or NOON) + CONFIRMED_WITHIN
    if since is not None:
        assert deadline <= max(after(since), NOON) + CONFIRMED_WITHIN + timedelta(minutes=60)
    assert deadline >= after(min(0, since or 0)) + CONFIRMED_WITHIN


def test_it_is_over_only_when_nothing_is_open_and_nothing_came_for_a_while():
    calm, open_ = deployment_check.Check(), deployment_check.Check(since=NOON, unconfirmed=("x",))
    assert not deployment_check.is_over(calm, NOON, NOON, after(14))
    assert deployment_check.is_over(calm, NOON, NOON, after(15))
    assert not deployment_check.is_over(open_, NOON, NOON, after(600))
    assert not deployment_check.is_over(deployment_check.Check(missing=("x",)), NOON, NOON, after(600))
    assert not deployment_check.is_over(calm, NOON, after(170), after(179))
    assert deployment_check.is_over(calm, NOON, after(179), after(180))


def test_very_many_sentences_are_kept_short():
    progress = Progress().looked(NOON, NOON, [f"in {number} {'x' * 900}" for number in range(9000)], [])
    assert len(msgspec.json.encode(progress)) < 5000
    assert progress.unconfirmed[-1] == "and 8988 more"
