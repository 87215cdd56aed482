"""The notices of posture of which golden samples are kept: what became worse with root, that it is over, the digest."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from rootwatch.core.notice import Notice
from rootwatch.core.posture import Central, Posture, RootState, Users
from rootwatch.core.posture_digest import weekly
from rootwatch.core.posture_drift import drift
from rootwatch.core.posture_report import Key
from tests.support.records import ACCOUNT, OTHER, THIRD
from tests.unit.render.coverage_samples import AT, NOW, SETTINGS, ended, first

WELL = RootState(
    mfa=True, hardware=True, password=True, keys=(), keys_present=False, certificates=False, used_known=True
)
WITH_KEY = msgspec.structs.replace(WELL, keys=(Key(slot=1, active=True, made=AT, used=AT),), keys_present=True)
NO_MFA = msgspec.structs.replace(WELL, mfa=False, hardware=None)
CENTRAL = Central(credentials=True, sessions=True)


def account(number: str = ACCOUNT, **changes: object) -> Posture:
    blank = Posture(account=number, since=AT, looked_at=NOW, known_keys=(), known_mfa=True, via="role", contact=True)
    return msgspec.structs.replace(blank, **{"users": Users(number=3, against={}, findings=()), **changes})


def began(**changes: object) -> Notice:
    [fact] = drift(account(**changes), SETTINGS, NOW).began
    return first(fact)


def over() -> Notice:
    found = drift(account(root=WITH_KEY), SETTINGS, NOW)
    ending = drift(msgspec.structs.replace(found.posture, root=WELL), SETTINGS, NOW + timedelta(days=1))
    return ended(found.began[0], ending.over[0])


def digest(*accounts: Posture) -> Notice:
    return first(weekly(accounts, CENTRAL, SETTINGS, NOW), None)


def bad_week() -> Notice:
    users = Users(number=40, against={"user-mfa": 3, "user-key-age": 12}, findings=())
    unread = account(THIRD, users=None, unknown={"account": "the role rootwatch-posture-reader cannot be taken"})
    return digest(account(root=WITH_KEY), account(OTHER, root=NO_MFA, users=users, contact=False), unread)


MAKERS: dict[str, Callable[[], Notice]] = {
    "posture-root-key": lambda: began(root=WITH_KEY),
    "posture-root-key-gone": over,
    "posture-no-mfa": lambda: began(root=NO_MFA),
    "posture-new-account": lambda: began(root=NO_MFA, is_new=True, known_mfa=False, since=NOW - timedelta(days=8)),
    "posture-digest": bad_week,
    "posture-digest-well": lambda: digest(account(root=msgspec.structs.replace(WELL, password=False))),
}
