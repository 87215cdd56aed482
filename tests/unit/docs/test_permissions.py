"""The page of permissions says why of every statement, and gives no reason that nobody needs."""

import pytest

from docs._generators import permissions


def test_every_reason_is_needed_by_some_statement():
    page = permissions.roles()
    assert [action for action, why in permissions._WHY.items() if why not in page] == []


def test_a_statement_without_a_reason_is_told_in_one_sentence():
    with pytest.raises(LookupError, match=r"^Nothing says why a role has s3:DeleteObject: write it into "):
        permissions._row({"Action": "s3:DeleteObject", "Resource": "*"})


def test_who_may_put_events_on_the_bus_is_told_with_the_conditions():
    [line] = [line for line in permissions.resource_policies().splitlines() if "`events:PutEvents`" in line]
    assert "| anybody |" in line
    assert all(key in line for key in ("aws:PrincipalOrgID", "events:eventBusInvocation", "aws:PrincipalArn"))


def test_every_role_of_every_stack_stands_on_the_page():
    headings = [line for line in permissions.roles().splitlines() if line.startswith("### ")]
    assert len(headings) == len(set(headings)) > 15
    assert {heading.split(":")[0] for heading in headings} == {
        "### hub", "### management account", "### every account", "### log archive",
    }  # fmt: skip
