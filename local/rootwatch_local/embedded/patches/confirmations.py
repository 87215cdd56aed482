"""SNS: confirming an e-mail subscription. ministack confirms each at once and sends no link, so no token is known: any
confirms the newest, as that of its link would.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
"""

from collections.abc import Callable, Mapping
from typing import Any

import ministack.services.sns as sns

from rootwatch_local.embedded.patches.seam import replace

_confirm_subscription: Callable[..., Any]


def apply() -> None:
    """Have the token of a link that was never sent do."""
    global _confirm_subscription
    _confirm_subscription = replace(sns, "_confirm_subscription", "params", _confirm)


def _confirm(params: Mapping[str, Any]) -> Any:
    topic, _ = sns._get_topic(sns._p(params, "TopicArn"))
    mails = [one for one in (topic or {}).get("subscriptions", []) if one["protocol"] in {"email", "email-json"}]
    if not mails or not sns._p(params, "Token"):
        return _confirm_subscription(params)
    newest = mails[-1]
    authenticated = sns._p(params, "AuthenticateOnUnsubscribe") == "true"
    newest["attributes"]["ConfirmationWasAuthenticated"] = str(authenticated).lower()
    result = (
        f"<ConfirmSubscriptionResult><SubscriptionArn>{newest['arn']}</SubscriptionArn></ConfirmSubscriptionResult>"
    )
    return sns._xml(200, "ConfirmSubscriptionResponse", result)
