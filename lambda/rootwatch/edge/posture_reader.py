"""Looking at the credentials of one account: by our role there, or as its root by a task that may only look.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html and
https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, TypeVar

from rootwatch.core import posture_report, posture_users
from rootwatch.core.fields import moment
from rootwatch.core.posture import Central, Disabled, Reading, RootState
from rootwatch.core.posture_report import Key, Report, ReportError
from rootwatch.core.sections import Posture as PostureSettings
from rootwatch.edge.assumed import CallFailedError, calls

TASK: Final = "IAMAuditRootUserCredentials"

Clients = Callable[[str], Any]  # service → a client with the account's credentials

_TRIES: Final = 12
_PAUSE_SECONDS: Final = 2.0
_NOT_READY: Final = frozenset({"ReportInProgress", "ReportNotPresent", "ReportExpired"})
_FEATURES: Final = ("RootCredentialsManagement", "RootSessions")
# What each question tells of, as ``Posture.unknown`` names it.
_OF_SUMMARY: Final = ("MFA", "access keys", "signing certificates", "password")
_OF_REPORT: Final = ("use", "users")

T = TypeVar("T")


class Reader:
    """``wait`` is what passes the seconds while IAM makes a report."""

    def __init__(self, rules: PostureSettings, now: Callable[[], datetime], wait: Callable[[float], None]) -> None:
        self._rules = rules
        self._now = now
        self._wait = wait

    def read(self, clients: Clients, disabled: Iterable[Disabled]) -> Reading:
        """By our role. Each question stands by itself; what is not answered is unknown. ``disabled``: the keys that
        were known to be."""
        unknown: dict[str, str] = {}
        iam = clients("iam")
        _ask(unknown, (), iam.generate_credential_report)  # IAM makes it while we ask for the rest
        summary: dict[str, int] = _ask(unknown, _OF_SUMMARY, lambda: iam.get_account_summary()["SummaryMap"]) or {}
        is_virtual = _ask(unknown, ("MFA devices",), lambda: _has_virtual(iam))
        contact = _ask(unknown, ("security contact",), lambda: _has_contact(clients("account")))
        report = _ask(unknown, _OF_REPORT, lambda: self._report(iam))
        users, off = None, tuple(disabled)
        if report:
            users, off = posture_users.users(report.users, disabled, self._rules, self._now())
        root = _root(summary, report, is_virtual, unknown)
        return Reading(via="role", root=root, users=users, contact=contact, unknown=unknown, disabled=off)

    def read_as_root(self, clients: Clients) -> Reading:
        """As root: exactly what the task policy lets root see, which is nothing of users and contacts."""
        why = "not to be seen as root: rootwatch's role is not there"
        unknown = dict.fromkeys(("users", "security contact"), why)
        iam = clients("iam")
        devices = _ask(unknown, ("MFA", "MFA devices"), lambda: iam.list_mfa_devices()["MFADevices"])
        keys = _ask(unknown, ("access keys",), lambda: _keys_of_root(iam))
        certificates = _ask(
            unknown, ("signing certificates",), lambda: bool(iam.list_signing_certificates()["Certificates"])
        )
        password = _ask(unknown, ("password",), lambda: _has_password(iam))
        # Without use of the password, which only the report tells.
        unknown["use"] = why
        virtual = [device for device in devices or () if ":mfa/" in device["SerialNumber"]]
        root = RootState(
            mfa=None if devices is None else bool(devices),
            devices=None if devices is None else len(devices),
            hardware=not virtual if devices else None,
            password=password,
            keys=keys,
            keys_present=None if keys is None else bool(keys),
            certificates=certificates,
        )
        return Reading(via="AssumeRoot", root=root, unknown=unknown)

    def _report(self, iam: Any) -> Report:
        """The report, once it is made. Raises ``CallFailedError`` and ``ReportError``."""
        for left in reversed(range(_TRIES)):
            try:
                with calls():
                    return posture_report.read(iam.get_credential_report()["Content"])
            except CallFailedError as error:
                if str(error) not in _NOT_READY or not left:
                    raise
            self._wait(_PAUSE_SECONDS)
            with calls():
                iam.generate_credential_report()
        raise AssertionError("the last try returns or raises")


def central(clients: Clients) -> Central:
    """Centralised root access, by credentials of the management account. Never raises."""
    unknown: dict[str, str] = {}
    answer = _ask(unknown, ("features",), lambda: clients("iam").list_organizations_features()["EnabledFeatures"])
    if answer is None:
        return Central(unknown=unknown["features"])
    credentials, sessions = (feature in answer for feature in _FEATURES)
    return Central(credentials=credentials, sessions=sessions)


def _ask(unknown: dict[str, str], what: Iterable[str], ask: Callable[[], T]) -> T | None:
    try:
        with calls():
            return ask()
    except (CallFailedError, ReportError) as error:
        unknown.update(dict.fromkeys(what, str(error)))
        return None


def _root(
    summary: dict[str, int], report: Report | None, is_virtual: bool | None, unknown: dict[str, str]
) -> RootState:
    """The summary is of now, the report up to four hours old: where both tell, the summary counts."""
    row = report.root if report else None
    if report and row is None:
        unknown["use"] = "the credential report has no row of root"
    mfa = _flag(summary, "AccountMFAEnabled", row.mfa if row else None)
    certificates = row.certificates if row else None
    present = _flag(summary, "AccountAccessKeysPresent", None)
    keys = () if present is False else row.keys if row else None
    if present and not keys:
        keys = None
        unknown["access keys"] = "there is one, newer than the credential report"
    return RootState(
        mfa=mfa,
        hardware=None if is_virtual is None or not mfa else not is_virtual,
        password=_flag(summary, "AccountPasswordPresent", row.password if row else None),
        keys=keys,
        keys_present=bool(keys) if present is None and keys is not None else present,
        certificates=_flag(
            summary, "AccountSigningCertificatesPresent", None if certificates is None else bool(certificates)
        ),
        used=row.last_used if row else None,
        used_known=row is not None,
    )


def _flag(summary: dict[str, int], name: str, otherwise: bool | None) -> bool | None:
    return bool(summary[name]) if name in summary else otherwise


def _has_virtual(iam: Any) -> bool:
    """Whether root has a virtual MFA device; no call of the account's own tells of its other ones.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
    """
    pages = iam.get_paginator("list_virtual_mfa_devices").paginate(AssignmentStatus="Assigned")
    return any(
        str(device.get("User", {}).get("Arn", "")).endswith(":root")
        or str(device.get("SerialNumber", "")).endswith(":mfa/root-account-mfa-device")
        for page in pages
        for device in page["VirtualMFADevices"]
    )


def _has_contact(account: Any) -> bool:
    try:
        with calls():
            return bool(account.get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"])
    except CallFailedError as error:
        if str(error) == "ResourceNotFoundException":
            return False
        raise


def _has_password(iam: Any) -> bool:
    try:
        with calls():
            return bool(iam.get_login_profile()["LoginProfile"])
    except CallFailedError as error:
        if str(error) == "NoSuchEntity":
            return False
        raise


def _keys_of_root(iam: Any) -> tuple[Key, ...]:
    found = []
    for slot, one in enumerate(iam.list_access_keys()["AccessKeyMetadata"], 1):
        used = iam.get_access_key_last_used(AccessKeyId=one["AccessKeyId"])["AccessKeyLastUsed"].get("LastUsedDate")
        found.append(Key(slot=slot, active=one["Status"] == "Active", made=_utc(one["CreateDate"]), used=_utc(used)))
    return tuple(found)


def _utc(at: datetime | None) -> datetime | None:
    return moment(at.isoformat()) if at else None
