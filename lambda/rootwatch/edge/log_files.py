"""The trail's bucket: fetching log files from it, our own or another account's.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

import tempfile
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK: Final = 1 << 20
_IN_MEMORY: Final = 32 << 20  # log files are smaller; a larger one goes to the disk
_WHAT_TO_DO: Final = {
    "AccessDenied": (
        "let the role read it: s3:GetObject and s3:GetObjectVersion on the bucket, kms:Decrypt in its own policy and "
        "in that of the key which encrypts the file"
    ),
    "NoSuchKey": "it was deleted before it was read: look in CloudTrail for who deleted it",
    "NoSuchVersion": "this version was deleted before it was read: look in CloudTrail for who deleted it",
    "NoSuchBucket": "the bucket is gone: look in CloudTrail for who deleted it",
    "InvalidObjectState": "it lies in an archive class: let the lifecycle rule leave new log files where they are",
}
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "403", "Forbidden", "KMS.DisabledException"})


class LogFileError(Exception):
    """A log file could not be fetched; the message says why, and what to do."""


class LogFiles:
    """The log files of one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def fetch(self, key: str, version: str | None) -> BinaryIO:
        """The object, whole and at its beginning; to be closed. ``version``: the one that was written, so that nobody
        has us read another one in its place.

        All of it is fetched before any of it is read: what breaks on the way is the network's fault, never taken for
        damage of the file. Raises ``LogFileError``.
        """
        of_version = {"VersionId": version} if version else {}
        content = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 # the caller closes
        try:
            body = self._client.get_object(Bucket=self.bucket, Key=key, **of_version)["Body"]  # type: ignore[arg-type] # a str
            for chunk in body.iter_chunks(_CHUNK):
                content.write(chunk)
        except (ClientError, BotoCoreError, OSError) as error:
            content.close()
            raise LogFileError(_sentence(error, f"s3://{self.bucket}/{key}")) from error
        content.seek(0)
        return content


def _sentence(error: Exception, name: str) -> str:
    """What happened, and what to do where that is known."""
    if not isinstance(error, ClientError):
        return f"{name} could not be fetched: {type(error).__name__}"
    code = str(error.response.get("Error", {}).get("Code", "an error without a code"))
    known = "AccessDenied" if code in _DENIED or "kms" in str(error).lower() else code
    what = _WHAT_TO_DO.get(known, "it is tried again")
    return f"{name} could not be fetched, S3 answered {code}: {what}"
