"""Roles of ours in other accounts, taken for a quarter of an hour.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

MAKING: Final = threading.Lock()  # clients are used by several threads, and made by one at a time
_SECONDS: Final = 900
_REFUSALS: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class CallFailedError(Exception):
    """A call in another account did not work; the text is AWS's error code, or what kept us from asking."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.is_refusal = code in _REFUSALS


class Roles:
    """Takes roles below the path /rootwatch/, wherever in the organisation they stand."""

    def __init__(self, client: "STSClient", partition: str) -> None:
        self._client = client
        self._partition = partition

    def take_root(self, account: str, task: str) -> Credentials:
        """Credentials of a member account's root for what one task policy allows. Raises ``CallFailedError``.

        Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
        """
        policy = f"arn:{self._partition}:iam::aws:policy/root-task/{task}"
        with calls():
            answer = self._client.assume_root(
                TargetPrincipal=account, TaskPolicyArn={"arn": policy}, DurationSeconds=_SECONDS
            )
        return _credentials(answer["Credentials"])

    def take(self, account: str, role: str, session: str) -> Credentials:
        """Credentials of the role in an account; ``session`` is the name under which CloudTrail shows their use.

        Raises ``CallFailedError``.
        """
        arn = f"arn:{self._partition}:iam::{account}:role/rootwatch/{role}"
        with calls():
            answer = self._client.assume_role(RoleArn=arn, RoleSessionName=session, DurationSeconds=_SECONDS)
        return _credentials(answer["Credentials"])


def client_of(credentials: Credentials, service: str, region: str, config: Config) -> Any:
    """A client with such credentials; to be asked for from any thread."""
    make: Any = boto3.client  # the service is not known to the stubs
    with MAKING:
        return make(
            service,
            region_name=region,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=config,
        )


def _credentials(given: Any) -> Credentials:
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


@contextmanager
def calls() -> Iterator[None]:
    """Turns botocore's errors into ``CallFailedError``, without AWS's message: it may repeat what was asked for."""
    try:
        yield
    except ClientError as error:
        raise CallFailedError(str(error.response.get("Error", {}).get("Code", "unknown"))) from error
    except BotoCoreError as error:
        raise CallFailedError(type(error).__name__) from error
