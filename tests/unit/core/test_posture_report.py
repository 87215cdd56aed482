"""The credential report is read whatever stands in its cells; what it does not say is not known."""

import contextlib
import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.posture_report import Key, ReportError, read
from tests.support.credentials import COLUMNS, report, row

AT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
SAID = "2026-09-01T08:30:00+00:00"


def test_root_s_row_is_told_from_users_by_its_name():
    found = read(report(row("<root_account>"), row("root"), row("ana")))
    assert found.root is not None
    assert [one.user for one in found.users] == ["root", "ana"]


def test_a_user_may_be_called_null_and_is_seen_all_the_same():
    found = read(report(row("<root_account>"), row("null", password_enabled="true", mfa_active="false")))
    assert [(one.user, one.password, one.mfa) for one in found.users] == [("null", True, False)]


def test_a_key_is_one_that_was_ever_made_and_an_inactive_one_is_kept():
    given_row = row("ana", access_key_1_active="true", access_key_1_last_rotated=SAID, access_key_2_last_rotated=SAID)
    [ana] = read(report(given_row)).users
    assert ana.keys == (Key(slot=1, active=True, made=AT), Key(slot=2, active=False, made=AT))


@pytest.mark.parametrize("said", ["N/A", "not_supported", "no_information", "", "null", "-", "01/02/2026"])
def test_what_is_no_time_and_no_truth_is_not_known(said):
    cells = {name: said for name in COLUMNS if name != "user"}
    [ana] = read(report(row("ana", **cells))).users
    assert (ana.password, ana.mfa, ana.certificates) == (None, None, None)
    assert (ana.created, ana.password_used, ana.last_used, ana.keys) == (None, None, None, ())


def test_root_s_password_is_not_known_where_the_report_does_not_support_it():
    found = read(report(row("<root_account>", password_enabled="not_supported", mfa_active="true")))
    assert (found.root.password, found.root.mfa) == (None, True)


def test_columns_may_be_missing_or_more_or_in_another_order():
    text = "mfa_active,additional_credentials_info,user\nTRUE,N/A,<root_account>\nFALSE,x,ana\n"
    found = read(b"\xef\xbb\xbf" + text.encode())
    assert (found.root.mfa, found.users[0].mfa, found.users[0].password) == (True, False, None)


def test_the_last_use_is_the_latest_of_password_and_keys():
    [ana] = read(
        report(row("ana", password_last_used="2026-08-01T00:00:00+00:00", access_key_1_active="true",
                   access_key_1_last_used_date=SAID))
    ).users  # fmt: skip
    assert ana.last_used == AT


@pytest.mark.parametrize("content", [b"", b"\x00", b"no report\n1\n", b"<html>"])
def test_what_is_no_report_is_said_to_be_none(content):
    with pytest.raises(ReportError):
        read(content)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_report_or_none(content):
    with contextlib.suppress(ReportError):
        assert all(one.user for one in read(b"user,mfa_active\n" + content).users)


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS[1:]), st.text(max_size=40)), max_size=5))
def test_as_many_identities_are_read_as_have_a_name(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for number, cells in enumerate(rows):
        # A line break in a cell ends no row in IAM's report: its names and times have none.
        plain = {name: "".join(text.splitlines()).replace("\0", "") for name, text in cells.items()}
        writer.writerow(plain | {"user": f"user{number}"})
    assert len(read(out.getvalue().encode("utf-8", "replace")).users) == len(rows)
