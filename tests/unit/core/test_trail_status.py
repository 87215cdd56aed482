"""A trail that does not do what it must is told of, whatever is wrong with it; one that does is not."""

import pytest

from rootwatch.core.trail_status import TrailSeen, trouble_fact, troubles
from tests.support.records import NOON, settings

ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
ALL = {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": []}


def trail(arn=ARN, selectors=None, status=None, **changes):
    description = {
        "Name": arn.rpartition("/")[2],
        "TrailARN": arn,
        "IsOrganizationTrail": True,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        **changes,
    }
    return TrailSeen(
        description=description,
        status={"IsLogging": True, **(status or {})},
        selectors={"EventSelectors": [ALL]} if selectors is None else selectors,
    )


def advanced(*fields):
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


@pytest.mark.parametrize("selectors", [None, advanced(MANAGEMENT), {"EventSelectors": [{"DataResources": []}]}])
def test_a_trail_that_logs_everything_is_well(selectors):
    assert troubles([trail(selectors=selectors)]) == ()


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (trail(status={"IsLogging": False}), "the trail main is stopped"),
        (trail(status={"IsLogging": None}), "the trail main is stopped"),
        (trail(status={"LatestDeliveryError": "AccessDenied"}), "cannot write its log files: AccessDenied"),
        (trail(status={"LatestDeliveryError": "KMS.DisabledException"}), "cannot write its log files: KMS."),
        (trail(IsMultiRegionTrail=False), "does not log every Region"),
        (trail(IncludeGlobalServiceEvents=False), "does not log global services"),
        (trail(selectors={"EventSelectors": [{**ALL, "ReadWriteType": "WriteOnly"}]}), "not log all management"),
        (trail(selectors={"EventSelectors": [{**ALL, "IncludeManagementEvents": False}]}), "not log all management"),
        (trail(selectors={}), "not log all management"),
        (trail(selectors=advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]})), "not log all management"),
        (trail(selectors=advanced({"Field": "eventCategory", "Equals": ["Data"]})), "not log all management"),
        (
            trail(selectors=advanced(MANAGEMENT, {"Field": "eventSource", "Equals": ["kms.amazonaws.com"]})),
            "not log all management",
        ),
    ],
)
def test_what_is_wrong_is_said_and_critical(one, words):
    [trouble] = troubles([one])
    assert words in trouble.says
    assert trouble.severity == "critical"


@pytest.mark.parametrize(
    "selectors",
    [
        {"EventSelectors": [{**ALL, "ExcludeManagementEventSources": ["kms.amazonaws.com"]}]},
        advanced(MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}),
    ],
)
def test_leaving_out_a_service_as_aws_offers_it_is_told_and_pages_nobody(selectors):
    [trouble] = troubles([trail(selectors=selectors)])
    assert "leaves out the events of kms.amazonaws.com" in trouble.says
    assert trouble.severity == "medium"


def test_without_any_organisation_trail_nothing_is_logged():
    assert troubles([])[0].says == "there is no organisation trail"
    assert troubles([trail(IsOrganizationTrail=False)])[0].says == "there is no organisation trail"


def test_the_trail_that_is_named_must_be_there_and_no_other_will_do():
    other = ARN.replace("main", "other")
    assert troubles([trail(other)], ARN)[0].says == f"the trail {ARN} is gone"
    assert troubles([trail(other, status={"IsLogging": False}), trail()], ARN) == ()


def test_one_of_several_organisation_trails_is_enough():
    assert troubles([trail(ARN.replace("main", "old"), status={"IsLogging": False}), trail()]) == ()


def test_a_trouble_and_its_end_are_of_one_incident():
    found = troubles([trail(status={"IsLogging": False})])
    began, over = trouble_fact(found, NOON, settings(), NOON), trouble_fact((), NOON, settings(), NOON)
    assert (began.cause, began.account, began.kind) == (over.cause, over.account, over.kind)
    assert (began.severity, over.severity) == ("critical", "low")
    assert began.key != over.key
