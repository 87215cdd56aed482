"""An organisation of five accounts as a round found it: what the samples and the page show."""

from datetime import timedelta

from tests.support.credentials import days_ago, row
from tests.support.posture import Looked
from tests.support.records import HUB, MANAGEMENT, NOON

PAYMENTS, DATA, SANDBOX = "777788889999", "123456789012", "210987654321"
NAMES = {
    MANAGEMENT: "org-management",
    HUB: "security",
    PAYMENTS: "prod-payments",
    DATA: "prod-data",
    SANDBOX: "sandbox-ana",
}


def organisation(now=NOON) -> Looked:
    """After its round, at that time."""
    one = Looked(HUB, PAYMENTS, DATA, SANDBOX)
    one.now = now
    iam = one.abroad.iam
    for account in (HUB, DATA):  # root's password was taken away centrally
        iam[account].summary |= {"AccountPasswordPresent": 0}
        iam[account].without_mfa()
    iam[MANAGEMENT].rows[0]["password_last_used"] = days_ago(now, 200)
    iam[PAYMENTS].with_key(now - timedelta(days=900), access_key_1_last_used_date=days_ago(now, 2))
    iam[PAYMENTS].virtual = [{"SerialNumber": f"arn:aws:iam::{PAYMENTS}:mfa/root-account-mfa-device"}]
    iam[PAYMENTS].contact = False
    iam[PAYMENTS].aliases = ["example-payments"]
    iam[PAYMENTS].rows += [
        row(
            "ci-deploy",
            access_key_1_active="true",
            access_key_1_last_rotated=days_ago(now, 200),
            access_key_1_last_used_date=days_ago(now, 12),
            access_key_2_active="true",
            access_key_2_last_rotated=days_ago(now, 20),
            access_key_2_last_used_date=days_ago(now, 0),
        ),
        row("ben", password_enabled="true", password_last_used=days_ago(now, 3)),
        row("backup", access_key_1_last_rotated=days_ago(now, 300)),
    ]
    one.abroad.refused[SANDBOX] = "AccessDenied"
    one.accounts = dict.fromkeys(NAMES, "ACTIVE")
    one.names = NAMES
    one.look()
    return one
