"""Looking at the credentials of one account by our role there.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html and
https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rootwatch.core import posture_report, posture_users
from rootwatch.core.posture import Central, Disabled, Reading, RootState
from rootwatch.core.posture_report import Identity, Report, ReportError
from rootwatch.core.sections import Posture as PostureSettings
from rootwatch.edge.assumed import CallFailedError, calls

if TYPE_CHECKING:
    from mypy_boto3_account import AccountClient
    from mypy_boto3_iam import IAMClient

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

    def read(self, clients: Clients, disabled: Iterable[Disabled] | None) -> Reading:
        """Each question stands by itself; what is not answered is unknown. ``disabled``: the keys that
        were known to be; None where nobody remembers."""
        unknown: dict[str, str] = {}
        iam: IAMClient = clients("iam")
        ask(unknown, (), iam.generate_credential_report)  # IAM makes it while we ask for the rest
        summary = ask(unknown, _OF_SUMMARY, lambda: _summary(iam)) or {}
        is_virtual = ask(unknown, ("MFA devices",), lambda: _has_virtual(iam))
        alias = ask(unknown, ("alias",), lambda: _alias(iam))
        contact = ask(unknown, ("security contact",), lambda: _has_contact(clients("account")))
        report = ask(unknown, _OF_REPORT, lambda: self._report(iam))
        users, off = None, tuple(disabled or ())
        if report:
            users, off = posture_users.users(report.users, disabled, self._rules, self._now())
        root = _root(summary, report, is_virtual, unknown)
        return Reading(via="role", alias=alias, root=root, users=users, contact=contact, unknown=unknown, disabled=off)

    def _report(self, iam: "IAMClient") -> Report:
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
    iam: IAMClient = clients("iam")
    answer = ask(unknown, ("features",), lambda: _features(iam))
    if answer is None:
        return Central(unknown=unknown["features"])
    credentials, sessions = (feature in answer for feature in _FEATURES)
    return Central(credentials=credentials, sessions=sessions)


def _features(iam: "IAMClient") -> list[str]:
    """Those of centralised root access that are on: none, while IAM has no trusted access to the organisation.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
    """
    try:
        with calls():
            return [str(feature) for feature in iam.list_organizations_features()["EnabledFeatures"]]
    except CallFailedError as error:
        if str(error) == "ServiceAccessNotEnabledException":
            return []
        raise


def _summary(iam: "IAMClient") -> dict[str, int]:
    return {str(name): number for name, number in iam.get_account_summary()["SummaryMap"].items()}


def ask(unknown: dict[str, str], what: Iterable[str], question: Callable[[], T]) -> T | None:
    """The answer; or None, and in ``unknown`` of each of ``what`` why."""
    try:
        with calls():
            return question()
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
        password=False if _only_keys(row) else _flag(summary, "AccountPasswordPresent", row.password if row else None),
        keys=keys,
        keys_present=bool(keys) if present is None and keys is not None else present,
        certificates=_flag(
            summary, "AccountSigningCertificatesPresent", None if certificates is None else bool(certificates)
        ),
        used=row.last_used if row else None,
        used_known=row is not None,
    )


def _only_keys(row: Identity | None) -> bool:
    """Whether root can't sign in to a console at all, as in GovCloud.

    Source: https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-differences.html
    """
    return row is not None and row.arn.startswith("arn:aws-us-gov:")


def _flag(summary: dict[str, int], name: str, otherwise: bool | None) -> bool | None:
    return bool(summary[name]) if name in summary else otherwise


def _has_virtual(iam: "IAMClient") -> bool:
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


def _alias(iam: "IAMClient") -> str:
    """The account's alias, of which there is one at most; empty where there is none."""
    return next(iter(iam.list_account_aliases()["AccountAliases"]), "")


def _has_contact(account: "AccountClient") -> bool:
    try:
        with calls():
            return bool(account.get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"])
    except CallFailedError as error:
        if str(error) == "ResourceNotFoundException":
            return False
        raise
