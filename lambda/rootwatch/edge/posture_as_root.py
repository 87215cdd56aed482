"""Looking at the credentials of an account as its root, by a task that may only look: where our role is not there.

The calls are root's, allowed by the task policy and by no policy of ours. CloudTrail logs them as root use, and they
are told as any privileged task is: rootwatch exempts nobody from its watch, itself included.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
"""

from datetime import datetime
from typing import Any, Final

from rootwatch.core.fields import moment
from rootwatch.core.posture import Reading, RootState
from rootwatch.core.posture_report import Key
from rootwatch.edge.assumed import CallFailedError, calls
from rootwatch.edge.posture_reader import Clients, ask

TASK: Final = "IAMAuditRootUserCredentials"
_WHY: Final = "root can't see it by this task, and rootwatch's role is not there"


def read_as_root(clients: Clients) -> Reading:
    """Exactly what the task policy lets root see: nothing of users, contacts, the alias and the password's use."""
    unknown = dict.fromkeys(("alias", "users", "security contact", "use"), _WHY)
    iam = clients("iam")
    devices = ask(unknown, ("MFA", "MFA devices"), lambda: iam.list_mfa_devices()["MFADevices"])
    keys = ask(unknown, ("access keys",), lambda: _keys(iam))
    certificates = ask(
        unknown, ("signing certificates",), lambda: bool(iam.list_signing_certificates()["Certificates"])
    )
    password = ask(unknown, ("password",), lambda: _has_password(iam))
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


def _has_password(iam: Any) -> bool:
    try:
        with calls():
            return bool(iam.get_login_profile()["LoginProfile"])
    except CallFailedError as error:
        if str(error) == "NoSuchEntity":
            return False
        raise


def _keys(iam: Any) -> tuple[Key, ...]:
    found = []
    for slot, one in enumerate(iam.list_access_keys()["AccessKeyMetadata"], 1):
        used = iam.get_access_key_last_used(AccessKeyId=one["AccessKeyId"])["AccessKeyLastUsed"].get("LastUsedDate")
        found.append(Key(slot=slot, active=one["Status"] == "Active", made=_utc(one["CreateDate"]), used=_utc(used)))
    return tuple(found)


def _utc(at: datetime | None) -> datetime | None:
    return moment(at.isoformat()) if at else None
