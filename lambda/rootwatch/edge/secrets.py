"""Secrets Manager: what the channels sign in with. Never logged; read again when a channel refuses it."""

from typing import TYPE_CHECKING, Final

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError, TransformParameterError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_MAX_AGE_SECONDS: Final = 300
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
_TO_MEND: Final = frozenset(
    {"AccessDeniedException", "DecryptionFailure", "InvalidParameterException", "InvalidRequestException"}
    | {"ResourceNotFoundException"}
)


class SecretError(Exception):
    """A secret can't be had; the text says which and what it should hold, never what it holds.

    ``mend``: a person must do something; without, Secrets Manager only did not answer.
    """

    def __init__(self, text: str, *, mend: bool = True) -> None:
        super().__init__(text)
        self.mend = mend


class Secrets:
    """Secrets by name, kept for five minutes."""

    def __init__(self, client: "SecretsManagerClient") -> None:
        self._provider = SecretsProvider(boto3_client=client)

    def field(self, name: str, *fields: str, fresh: bool = False) -> tuple[str, str]:
        """The first of these fields that the secret's JSON object holds, as (field, value). Raises ``SecretError``."""
        try:
            secret = self._provider.get(name, max_age=_MAX_AGE_SECONDS, transform="json", force_fetch=fresh)
        except TransformParameterError:
            raise SecretError(f"the secret {name} is not JSON") from None
        except GetParameterError as error:
            code = _code(error)
            raise SecretError(f"the secret {name} can't be read ({code})", mend=code in _TO_MEND) from None
        for field in fields:
            value = secret.get(field) if isinstance(secret, dict) else None
            if isinstance(value, str) and value:
                return field, value
        raise SecretError(f"the secret {name} has no field {' or '.join(fields)}")


def _code(error: Exception) -> str:
    """AWS's error code alone: its message may repeat what was asked for."""
    response = getattr(error.__context__, "response", None)
    return str(response["Error"]["Code"]) if isinstance(response, dict) else type(error).__name__
