"""Credential reports of made accounts, and IAM as a client sees it: what stands there, or what it answers instead."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

COLUMNS = (
    "user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed",
    "password_next_rotation", "mfa_active", "access_key_1_active", "access_key_1_last_rotated",
    "access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
    "access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date",
    "access_key_2_last_used_region", "access_key_2_last_used_service", "cert_1_active", "cert_1_last_rotated",
    "cert_2_active", "cert_2_last_rotated",
)  # fmt: skip
_ACTIVE = ("access_key_1_active", "access_key_2_active", "cert_1_active", "cert_2_active", "password_enabled")


def row(user: str, **cells: str) -> dict[str, str]:
    """A row of somebody who has nothing, but for these cells."""
    arn = "arn:aws:iam::777788889999:" + ("root" if user == "<root_account>" else f"user/{user}")
    blank = dict.fromkeys(COLUMNS, "N/A") | dict.fromkeys((*_ACTIVE, "mfa_active"), "false")
    return blank | {"user": user, "arn": arn, "user_creation_time": "2024-01-01T00:00:00+00:00"} | cells


def report(*rows: dict[str, str]) -> bytes:
    """The report's bytes."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def error(code: str) -> ClientError:
    """What AWS answers."""
    return ClientError({"Error": {"Code": code, "Message": "not to be repeated"}}, "Call")


class Iam:
    """One account's IAM and its contacts. What is an exception is raised; ``not_ready`` is how often the report is
    still being made."""

    def __init__(self) -> None:
        self.rows = [row("<root_account>", mfa_active="true", password_enabled="true")]
        self.summary: dict[str, int] | Exception = {
            "AccountMFAEnabled": 1,
            "AccountAccessKeysPresent": 0,
            "AccountPasswordPresent": 1,
            "AccountSigningCertificatesPresent": 0,
        }
        self.virtual: list[dict[str, Any]] | Exception = []
        self.aliases: list[str] | Exception = []
        self.contact: bool | Exception = True
        self.features: list[str] | Exception = ["RootCredentialsManagement", "RootSessions"]
        self.report: Exception | None = None
        self.not_ready = 0
        self.calls: list[str] = []

    def __call__(self, service: str) -> "Iam":
        assert service in ("iam", "account")
        return self

    def generate_credential_report(self) -> dict[str, str]:
        self.calls.append("generate")
        return {"State": "STARTED"}

    def get_credential_report(self) -> dict[str, bytes]:
        if self.report:
            raise self.report
        if self.not_ready:
            self.not_ready -= 1
            raise error("ReportInProgress")
        return {"Content": report(*self.rows)}

    def get_account_summary(self) -> dict[str, Any]:
        return {"SummaryMap": _or_raised(self.summary)}

    def get_paginator(self, name: str) -> "Iam":
        assert name == "list_virtual_mfa_devices"
        return self

    def paginate(self, AssignmentStatus: str) -> list[dict[str, Any]]:  # noqa: N803 # as boto3 spells it
        return [{"VirtualMFADevices": _or_raised(self.virtual)}]

    def list_account_aliases(self) -> dict[str, list[str]]:
        return {"AccountAliases": _or_raised(self.aliases)}

    def get_alternate_contact(self, AlternateContactType: str) -> dict[str, Any]:  # noqa: N803 # as boto3 spells it
        assert AlternateContactType == "SECURITY"
        if not _or_raised(self.contact):
            raise error("ResourceNotFoundException")
        return {"AlternateContact": {"EmailAddress": "security@example.com"}}

    def list_organizations_features(self) -> dict[str, Any]:
        return {"EnabledFeatures": _or_raised(self.features)}

    def without_mfa(self) -> "Iam":
        """Root's MFA is gone."""
        self.summary["AccountMFAEnabled"] = 0
        self.rows[0]["mfa_active"] = "false"
        return self

    def with_key(self, made: datetime, **cells: str) -> "Iam":
        """Root has an active access key."""
        self.summary["AccountAccessKeysPresent"] = 1
        self.rows[0] |= {"access_key_1_active": "true", "access_key_1_last_rotated": made.isoformat(), **cells}
        return self

    def without_key(self) -> "Iam":
        """And has none any more."""
        self.summary["AccountAccessKeysPresent"] = 0
        self.rows[0] |= {"access_key_1_active": "false", "access_key_1_last_rotated": "N/A"}
        return self


def _or_raised(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


def days_ago(now: datetime, days: float) -> str:
    """As the report writes it."""
    return (now - timedelta(days=days)).isoformat()
