"""Sending canaries: one session an account, one signed call to the regional STS endpoint of each Region.

The calls are signed here and sent over one HTTP session: a client of boto3 for each session and Region would take
longer to make than its one call takes.
Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from rootwatch.core.canary import ROLE_NAME
from rootwatch.edge.assumed import CallFailedError, Roles
from rootwatch.edge.http import TIMEOUT_SECONDS

_BODY: Final = "Action=GetCallerIdentity&Version=2011-06-15"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
_CODE: Final = re.compile(r"<Code>([A-Za-z.]{1,64})</Code>")


class Canaries:
    """``endpoint`` gives the address of a Region's STS."""

    def __init__(self, roles: Roles, endpoint: Callable[[str], str], http: requests.Session) -> None:
        self._roles = roles
        self._endpoint = endpoint
        self._http = http

    def send(self, account: str, nonce: str, regions: Iterable[str]) -> dict[str, str]:
        """Sends one to each Region; answers why it could not, by Region: {} when all went out. Never raises for one
        Region or account."""
        wanted = list(regions)
        try:
            credentials = self._roles.take(account, ROLE_NAME, nonce)
        except CallFailedError as error:
            return dict.fromkeys(wanted, f"AssumeRole: {error}")
        failures = {region: self._call(credentials, region) for region in wanted}
        return {region: reason for region, reason in failures.items() if reason}

    def _call(self, credentials: Credentials, region: str) -> str:
        """Why the call failed; "" if it did not."""
        url = self._endpoint(region)
        request = AWSRequest("POST", url, data=_BODY, headers=dict(_FORM))
        SigV4Auth(credentials, "sts", region).add_auth(request)
        try:
            answer = self._http.post(
                url, data=_BODY, headers=dict(request.headers), timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            return f"no answer: {type(error).__name__}"
        if answer.status_code == requests.codes.ok:
            return ""
        said = _CODE.search(answer.text[:2000])
        return f"HTTP {answer.status_code}{f' {said[1]}' if said else ''}"
