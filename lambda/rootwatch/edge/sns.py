"""SNS: one message to the topic, from which e-mail, chat and SIEM take theirs.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from rootwatch.core.notice import Notice
from rootwatch.core.ports import Outcome
from rootwatch.core.settings import Settings
from rootwatch.render.sns import sns

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# The message itself is refused: the same one will be refused again.
_OUR_FAULT: Final = frozenset({"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "ValidationError"})


# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors: the topic, its policy or its key.
_TO_MEND: Final = frozenset(
    {
        "AuthorizationError",
        "InvalidSecurity",
        "NotFound",
        "AccessDenied",
        "AccessDeniedException",
        "InvalidClientTokenId",
    }
    | {"KMSAccessDenied", "KMSDisabled", "KMSInvalidState", "KMSNotFound", "KMSOptInRequired"}
)


class SnsChannel:
    """The channel SNS."""

    def __init__(self, topic_arn: str, settings: Settings, client: "SNSClient") -> None:
        self._topic_arn = topic_arn
        self._settings = settings
        self._client = client

    def send(self, notice: Notice, thread: str | None) -> Outcome:  # noqa: ARG002 # the port's; Slack alone has threads
        """Publishes; the receipt is the MessageId."""
        message = sns(notice, self._settings)
        try:
            answer = self._client.publish(
                TopicArn=self._topic_arn,
                Subject=message.subject,
                Message=message.message,
                MessageStructure="json",
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
                },
            )
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            reason = f"SNS answered {code}"
            return Outcome(state="failed" if code in _OUR_FAULT else "retry", reason=reason, mend=code in _TO_MEND)
        except BotoCoreError as error:
            return Outcome(state="retry", reason=f"SNS can't be reached: {type(error).__name__}")
        return Outcome(state="sent", receipt=answer["MessageId"])
