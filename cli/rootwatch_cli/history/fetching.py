"""Log files from S3: several streams at once, each tried again when it breaks."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import HTTPClientError as BrokenStreamError
from urllib3.exceptions import HTTPError

from rootwatch.archive import Damage, Found, read_log_file
from rootwatch.archive.canaries import is_canary_or_none_of_ours
from rootwatch.archive.reader import Size
from rootwatch_cli.history.concerning import Concerning
from rootwatch_cli.history.files import LogFile
from rootwatch_cli.history.s3 import STREAMS, client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ATTEMPTS: Final = 4
_IN_MEMORY: Final = 8_000_000  # bytes of a file; what is larger goes to a temporary file


def read_remote(
    files: Sequence[LogFile], concerning: Concerning, profile: str | None, size: Size
) -> Iterator[Found | Damage]:
    """What concerns us in these objects, in their order; an object that can't be fetched is a Damage."""
    s3 = client(profile)

    def read(file: LogFile) -> tuple[list[Found | Damage], int]:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
            problem = _fetch(s3, file, content)
            if problem:
                return [Damage(file.name, 0, problem)], 0
            content.seek(0)
            own = Size()
            results = read_log_file(content, file.name, concerning, own, is_canary_or_none_of_ours)  # type: ignore[arg-type] # it reads like one
            return list(results), own.unpacked

    with ThreadPoolExecutor(STREAMS) as pool:
        for results, unpacked in pool.map(read, files):
            size.unpacked += unpacked
            yield from results


def _fetch(s3: "S3Client", file: LogFile, content: IO[bytes]) -> str | None:
    """Copies the object; why that failed, or None. The client retries requests by itself, but no stream that breaks."""
    problem = None
    for _ in range(_ATTEMPTS):
        content.seek(0)
        content.truncate()
        try:
            shutil.copyfileobj(s3.get_object(Bucket=file.bucket or "", Key=file.key or "")["Body"], content, 1 << 18)
        except ClientError as error:
            said = error.response.get("Error", {})
            return f"can't be fetched ({said.get('Code', 'Unknown')}: {said.get('Message', 'no reason given')})"
        except (BrokenStreamError, HTTPError, BotoCoreError, OSError) as error:
            problem = f"can't be fetched ({type(error).__name__})"
        else:
            return None
    return problem
