"""Account Management: an account has the Regions that need no opting in, and no other; ministack gives it all.

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

from typing import Any

import ministack.services.account as account

from rootwatch_local.embedded.patches.delegation import Answer


def apply() -> None:
    """Have ListRegions tell it so."""
    account._DISPATCH["/listRegions"] = _list


def _list(payload: dict[str, Any]) -> Answer:
    wanted = payload.get("RegionOptStatusContains")
    shown = [
        {"RegionName": name, "RegionOptStatus": status}
        for name in account._REGIONS_LIST
        for status in ["DISABLED" if name in account._OPT_IN_REQUIRED else "ENABLED_BY_DEFAULT"]
        if not wanted or status in wanted
    ]
    answer: Answer = account._json(200, {"Regions": shown})
    return answer
