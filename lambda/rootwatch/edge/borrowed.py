"""Acting in a role of another account, for as long as a function lives.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import boto3
import botocore.session
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials


def session_in(role_arn: str, session_name: str) -> boto3.Session:
    """A session whose clients act in the role. It is assumed with the first call, and again before it runs out."""
    own = botocore.session.get_session()
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=own.create_client,
        source_credentials=own.get_credentials(),
        role_arn=role_arn,
        extra_args={"RoleSessionName": session_name},
    )
    inside = botocore.session.Session()
    # botocore has no public door for credentials that renew themselves.
    inside._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined] # noqa: SLF001
        refresh_using=fetcher.fetch_credentials, method="assume-role"
    )
    return boto3.Session(botocore_session=inside)
