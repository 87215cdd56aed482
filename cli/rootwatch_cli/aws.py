"""The commands' way to AWS: credentials from the usual environment or a profile, and what the hub's stack put there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

import boto3
import msgspec
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from rootwatch.core.settings import Settings
from rootwatch_cli.settings_file import BadInputError

HUB_STACK: Final = "rootwatch-hub"
# Organizations answers a few calls a second: "adaptive" slows down to what it is allowed.
_CONFIG: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "adaptive", "total_max_attempts": 8})
_NO_CREDENTIALS: Final = (NoCredentialsError, PartialCredentialsError, NoRegionError)
_SIGN_IN: Final = "There are no AWS credentials here: give --profile, or sign in with the AWS CLI."


class Deployed(msgspec.Struct, frozen=True, rename="pascal"):
    """The outputs of the hub's stack that the commands need."""

    bus_arn: str
    queue_url: str
    dead_letter_queue_url: str
    table_name: str
    topic_arn: str
    operations_topic_arn: str = ""
    log_files_queue_url: str = ""
    log_files_dead_letter_queue_url: str = ""


class Caller(msgspec.Struct, frozen=True):
    """Whose credentials these are."""

    account: str
    arn: str

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn``, ``aws-us-gov``, ``aws-eusc``."""
        return self.arn.split(":")[1]


class Aws:
    """Clients of one set of credentials, made when first asked for."""

    def __init__(self, session: boto3.session.Session, region: str) -> None:
        self._session = session
        self._region = region
        self._clients: dict[tuple[str, str], Any] = {}

    @classmethod
    def of(cls, profile: str | None, region: str) -> Self:
        """Raises BadInputError for a profile that does not exist, be it named here or by the environment, and for AWS
        files that can't be read."""
        try:
            return cls(boto3.session.Session(profile_name=profile), region)
        except ProfileNotFound as error:
            raise BadInputError(
                f"There is no AWS profile {error.kwargs['profile']}: `aws configure list-profiles` names them."
            ) from None
        except BotoCoreError as error:
            raise BadInputError(f"{error}.") from None

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client; the same one for the same arguments. Use it from several threads, make it in one.

        Raises BadInputError where the AWS files, or the credentials in them, can't be read.
        """
        key = (service, region or self._region)
        if key not in self._clients:
            make: Callable[..., Any] = self._session.client
            try:
                self._clients[key] = make(service, region_name=key[1], config=_CONFIG)
            except BotoCoreError as error:
                raise BadInputError(f"{error}.") from None
        return self._clients[key]

    def caller(self) -> Caller:
        """Raises BadInputError where there are no credentials, or they are refused."""
        try:
            answer = self.client("sts").get_caller_identity()
        except _NO_CREDENTIALS:
            raise BadInputError(_SIGN_IN) from None
        except (ClientError, BotoCoreError) as error:
            raise BadInputError(f"AWS does not take these credentials: {reason(error)}.") from None
        return Caller(account=answer["Account"], arn=answer["Arn"])


def deployed(aws: Aws, settings: Settings) -> Deployed:
    """What the hub's stack says it made. Raises BadInputError with one sentence."""
    where = f"the hub account {settings.hub_account} in {settings.hub_region}"
    caller = aws.caller()
    if caller.account != settings.hub_account:
        raise BadInputError(f"These credentials are of the account {caller.account}: use those of {where}.")
    try:
        stacks = aws.client("cloudformation", settings.hub_region).describe_stacks(StackName=HUB_STACK)["Stacks"]
    except (ClientError, BotoCoreError) as error:
        raise BadInputError(f"The stack {HUB_STACK} can't be read in {where}: {reason(error)}.") from None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}
    try:
        return msgspec.convert(outputs, Deployed)
    except msgspec.ValidationError as error:
        raise BadInputError(
            f"The stack {HUB_STACK} is not as this version makes it ({error}): deploy it again."
        ) from None


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Ends the command with one sentence when AWS refuses ``what``, which follows "can't"."""
    try:
        yield
    except _NO_CREDENTIALS:
        raise BadInputError(_SIGN_IN) from None
    except (ClientError, BotoCoreError) as error:
        raise BadInputError(f"These credentials can't {what}: {reason(error)}.") from None


def reason(error: ClientError | BotoCoreError) -> str:
    """What AWS answered, in a few words: the call and its error code, no message, which may repeat what was sent."""
    if isinstance(error, ClientError):
        return f"{error.operation_name} answered {error.response.get('Error', {}).get('Code', 'an error')}"
    return f"it can't be reached ({type(error).__name__})"
