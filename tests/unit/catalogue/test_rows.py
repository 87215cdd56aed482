"""Every row of the catalogue: found by its own example, complete, and in the style that alerts are written in."""

import re
from typing import Final

import pytest

from rootwatch import catalogue
from rootwatch.catalogue.rows import Row, Service, read_toml_files

SERVICES: Final = read_toml_files()
ROWS: Final = [(service.service, row) for service in SERVICES for row in service.action]

# MITRE ATT&CK for enterprise, version 18; the redirects of version 19 are told in the files.
TECHNIQUES: Final = {
    "T1021.008": "Direct Cloud VM Connections",
    "T1059.009": "Cloud API",
    "T1069.003": "Cloud Groups",
    "T1070": "Indicator Removal",
    "T1078.004": "Cloud Accounts",
    "T1087.004": "Cloud Account",
    "T1098": "Account Manipulation",
    "T1098.001": "Additional Cloud Credentials",
    "T1098.003": "Additional Cloud Roles",
    "T1098.005": "Device Registration",
    "T1105": "Ingress Tool Transfer",
    "T1110.001": "Password Guessing",
    "T1136.003": "Cloud Account",
    "T1201": "Password Policy Discovery",
    "T1484.002": "Trust Modification",
    "T1485": "Data Destruction",
    "T1486": "Data Encrypted for Impact",
    "T1489": "Service Stop",
    "T1490": "Inhibit System Recovery",
    "T1491.002": "External Defacement",
    "T1496.001": "Compute Hijacking",
    "T1496.004": "Cloud Service Hijacking",
    "T1518.001": "Security Software Discovery",
    "T1525": "Implant Internal Image",
    "T1526": "Cloud Service Discovery",
    "T1530": "Data from Cloud Storage",
    "T1531": "Account Access Removal",
    "T1535": "Unused/Unsupported Cloud Regions",
    "T1537": "Transfer Data to Cloud Account",
    "T1538": "Cloud Service Dashboard",
    "T1546": "Event Triggered Execution",
    "T1548.005": "Temporary Elevated Cloud Access",
    "T1550.001": "Application Access Token",
    "T1552": "Unsecured Credentials",
    "T1552.005": "Cloud Instance Metadata API",
    "T1555.006": "Cloud Secrets Management Stores",
    "T1556": "Modify Authentication Process",
    "T1556.006": "Multi-Factor Authentication",
    "T1557": "Adversary-in-the-Middle",
    "T1562.001": "Disable or Modify Tools",
    "T1562.007": "Disable or Modify Cloud Firewall",
    "T1562.008": "Disable or Modify Cloud Logs",
    "T1565.001": "Stored Data Manipulation",
    "T1567": "Exfiltration Over Web Service",
    "T1578.001": "Create Snapshot",
    "T1578.002": "Create Cloud Instance",
    "T1578.003": "Delete Cloud Instance",
    "T1578.004": "Revert Cloud Instance",
    "T1578.005": "Modify Cloud Compute Configurations",
    "T1580": "Cloud Infrastructure Discovery",
    "T1583.001": "Domains",
    "T1584.001": "Domains",
    "T1598": "Phishing for Information",
    "T1619": "Cloud Storage Object Discovery",
    "T1648": "Serverless Execution",
    "T1651": "Cloud Administration Command",
    "T1654": "Log Enumeration",
    "T1657": "Financial Theft",
    "T1666": "Modify Cloud Resource Hierarchy",
}
# What AWS's page says that each root task policy allows, in CloudTrail's names.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
_ROOT_TASKS: Final = {
    "IAMAuditRootUserCredentials": {
        "GetAccessKeyLastUsed",
        "GetAccountSummary",
        "GetLoginProfile",
        "GetUser",
        "ListAccessKeys",
        "ListMFADevices",
        "ListSigningCertificates",
    },
    "IAMCreateRootUserPassword": {"CreateLoginProfile"},
    "IAMDeleteRootUserCredentials": {
        "DeactivateMFADevice",
        "DeleteAccessKey",
        "DeleteLoginProfile",
        "DeleteSigningCertificate",
    },
    "S3UnlockBucketPolicy": {"DeleteBucketPolicy", "GetBucketPolicy", "ListBuckets", "PutBucketPolicy"},
    "SQSUnlockQueuePolicy": {"GetQueueAttributes", "GetQueueUrl", "ListQueues", "SetQueueAttributes"},
}


def test_the_catalogue_is_as_full_as_we_say() -> None:
    assert len(ROWS) >= 700
    assert len(SERVICES) >= 50


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.service)
def test_every_row_is_found_by_its_own_name_and_example(service: Service) -> None:
    known = catalogue.load()
    for row in service.action:
        for source in (service.service, *service.also):
            act = known.find(source, row.name, row.example)
            assert act.known
            assert (act.service, act.name, act.says) == (source, row.name, row.says)
            assert (act.harm, act.severity, act.window) == (row.harm, row.severity, row.window)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.service)
def test_no_shape_of_a_named_action_falls_through_all_its_rows(service: Service) -> None:
    for name in {row.name for row in service.action}:
        assert [row.when for row in service.action if row.name == name][-1] is None


def test_every_technique_is_one_of_attack() -> None:
    assert {row.technique for _, row in ROWS} - {""} == set(TECHNIQUES)


def test_a_denied_call_reads_as_an_infinitive_and_a_done_one_as_the_past() -> None:
    alike = {"put", "cut", "let", "read", "set"}
    for _, row in ROWS:
        past, infinitive = row.says.split()[0], row.tried.split()[0]
        assert (past != infinitive) == (infinitive not in alike), row
        assert not infinitive.endswith("ed"), row


def test_advice_is_whole_sentences_without_markup() -> None:
    for _, row in ROWS:
        assert not re.search(r"[*`_<>\n]|  ", row.do_now), row


# Advice that fits some calls of a service and not all: a phrase, and the names of the calls that it may stand at.
_FITS: Final = {
    "Read the new policy in the record": r"Put.*Policy|SetQueueAttributes",
    "the new key policy in the record": r"PutKeyPolicy",
    "If nobody did, delete it, and search": r"Create.*",
    "the new device is theirs": r"CreateVirtualMFADevice|EnableMFADevice",
    "nothing was detected meanwhile": r"DeleteDetector|UpdateDetector|StopMonitoringMembers",
    "Make the analyzer again": r".*Analyzer",
    "access key id": r".*AccessKey",
    "Deactivate the user's key": r".*(AccessKey|PublicKey)",
    "which instances and which command": r"SendCommand|StartSession|StartAutomationExecution",
    "Take the assignment or permission set away": r"(Create|Attach|Put|Provision).*",
    "Put the policy back": r"(Update|Detach|Delete)Policy|DisablePolicyType",
    "Turn it on again from the management account": r"DisableAWSServiceAccess",
    "Put the rule back: see in the record": r"Revoke.*|Modify.*|Replace.*",
    "restore from versions or backups": r"(Delete|Terminate|Deregister|Purge|Put|Update).*",
    "Rotate the secret now": r"(Get|BatchGet|Put|Update|Replicate).*",
    "what changed meanwhile is in CloudTrail only": r".*(Recorder|ResourceTypes|DeliveryChannel)",
    "whatever it told, this alert perhaps": r"(Delete|Disable|Put)Rule|RemoveTargets",
    "Cancel or roll back if nobody planned it": r"(Create|Update|Execute).*",
    "Cancel the deletion or enable the key": r"ScheduleKeyDeletion|DisableKey",
}


@pytest.mark.parametrize("phrase", _FITS)
def test_advice_fits_the_call_that_it_stands_at(phrase: str) -> None:
    names = {row.name for _, row in ROWS if phrase in row.do_now}
    assert names
    assert {name for name in names if not re.fullmatch(_FITS[phrase], name)} == set()


def test_what_only_reads_is_access_and_what_changes_mostly_is_not() -> None:
    assert {row.harm for _, row in ROWS if not row.changes} == {"access"}
    assert {source for source, row in ROWS if row.changes and row.harm == "access"} == {
        "cloudshell.amazonaws.com",
        "signin.amazonaws.com",
    }


def test_a_reading_verb_never_stands_before_a_change() -> None:
    reading = re.compile(r"(Get|List|Describe|Head|Lookup|BatchGet)[A-Z]")
    odd = {row.name for _, row in ROWS if reading.match(row.name) and row.changes}
    assert odd == {"GetFederationToken", "GetFileUploadUrls"}


def test_only_a_recovery_that_was_only_asked_for_is_below_high() -> None:
    assert [row.name for _, row in ROWS if row.severity not in ("high", "critical")] == ["PasswordRecoveryRequested"]


def test_central_names_exactly_the_calls_that_the_root_task_policies_allow() -> None:
    allowed: dict[str, set[str]] = {}
    for _, row in ROWS:
        if row.central:
            allowed.setdefault(row.central, set()).add(row.name)
    assert allowed == _ROOT_TASKS


def test_central_and_the_password_stand_only_where_root_acts_on_itself() -> None:
    for source, row in ROWS:
        if (
            source == "iam.amazonaws.com"
            and row.central
            and row.name not in ("GetAccountSummary", "GetAccessKeyLastUsed")
        ):
            assert _acts_on_root(row), row


def test_no_window_covers_the_watch_that_is_cut() -> None:
    assert {row.window for _, row in ROWS if row.harm == "watch" and row.severity == "critical"} == {"never"}
    for service in ("cloudtrail", "guardduty", "config", "securityhub", "macie2", "access-analyzer", "events"):
        assert {row.window for source, row in ROWS if source.startswith(service) and row.changes} == {"never"}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("iam", "CreateAccessKey"),
        ("iam", "UpdateAccessKey"),
        ("iam", "DeleteAccessKey"),
        ("iam", "UploadSigningCertificate"),
        ("signin", "EmailUpdated"),
        ("account", "StartPrimaryEmailUpdate"),
        ("account", "AcceptPrimaryEmailUpdate"),
        ("account", "CloseAccount"),
        ("billingconsole", "CloseAccount"),
        ("billingconsole", "SetAccountPreferences"),
        ("organizations", "CloseAccount"),
        ("organizations", "LeaveOrganization"),
        ("organizations", "RemoveAccountFromOrganization"),
        ("organizations", "DeleteOrganization"),
        ("organizations", "TagResource"),
        ("organizations", "UntagResource"),
        ("sts", "GetFederationToken"),
    ],
)
def test_no_window_covers(source: str, name: str) -> None:
    assert catalogue.load().find(f"{source}.amazonaws.com", name, {}).window == "never"


def test_passwords_mfa_and_contacts_are_covered_only_where_a_window_names_them() -> None:
    assert {row.window for _, row in ROWS if row.harm == "credentials"} == {"never", "password", "mfa", "contact"}
    assert {row.harm for _, row in ROWS if row.window in ("password", "mfa", "contact")} == {"credentials"}


def _acts_on_root(row: Row) -> bool:
    return row.when is not None and "AWS ROOT USER" in str(row.when)
