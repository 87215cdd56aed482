"""Every action's name is one that AWS knows: of a public API, or one whose other source is stated."""

import re
from typing import Final

import botocore.loaders
import pytest

from rootwatch.catalogue.rows import Service, read_toml_files

# CloudTrail's eventSource where botocore calls the service otherwise.
MODELS: Final = {
    "access-analyzer": ("accessanalyzer",),
    "bedrock": ("bedrock", "bedrock-runtime"),
    "monitoring": ("cloudwatch",),
    "s3": ("s3", "s3control"),
    "servicequotas": ("service-quotas",),
    "ses": ("ses", "sesv2"),
    "sso": ("sso-admin",),
    "tagging": ("resourcegroupstaggingapi",),
    "tax": ("taxsettings",),
}
# Services of consoles, without a public API: the names are those of AWS's pages, which the files name.
CONSOLES: Final = {
    "billingconsole",
    "cloudshell",
    "payments",
    "purchase-orders",
    "sso-directory",
    "supportplans",
    "taxconsole",
}
# Events of consoles and of the sign-in page, and S3's, which CloudTrail names otherwise than the API.
OTHER: Final = {
    "account": {"CloseAccount"},
    "iam": {"UpdateAccountEmailAddress"},
    "s3": {
        "DeleteAccountPublicAccessBlock",
        "DeleteBucketPublicAccessBlock",
        "GetAccountPublicAccessBlock",
        "GetBucketPublicAccessBlock",
        "PutAccountPublicAccessBlock",
        "PutBucketObjectLockConfiguration",
        "PutBucketPublicAccessBlock",
    },
    "signin": {
        "AuthorizeOAuth2Access",
        "CheckMfa",
        "ConsoleLogin",
        "CreateOAuth2PublicClient",
        "EmailUpdated",
        "GetSigninToken",
        "PasswordRecoveryCompleted",
        "PasswordRecoveryRequested",
        "PasswordUpdated",
    },
    "sso": {"EnableExternalIdPConfigurationForDirectory", "StartSSO"},
    "trustedadvisor": {"DescribeChecks"},
}
_API_VERSION: Final = re.compile(r"20\d{6}(v\d+)?$")


@pytest.mark.parametrize("service", read_toml_files(), ids=lambda service: service.service)
def test_every_name_is_an_operation_of_its_service_or_a_known_other_event(service: Service) -> None:
    source = service.service.removesuffix(".amazonaws.com")
    names = {_API_VERSION.sub("", row.name) for row in service.action}
    if source in CONSOLES:
        return
    assert names - _operations(source) == OTHER.get(source, set())


def _operations(source: str) -> set[str]:
    loader = botocore.loaders.Loader()
    return {
        operation
        for model in MODELS.get(source, (source,))
        for operation in loader.load_service_model(model, "service-2")["operations"]
    }
