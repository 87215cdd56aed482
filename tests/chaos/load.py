"""Load: so many root records within a minute, from hundreds of accounts: when all is taken in, and what is told.

Time is the simulation's: round trips as AWS's usually take, ten monitors at once as deployed, the channels' own pace.
"""

import random
import resource
import time
from datetime import datetime
from typing import Any, Final

from tests.chaos.judge import judge
from tests.chaos.outside import Seeded
from tests.chaos.received import Message
from tests.chaos.simulator import START, Conditions, simulated
from tests.chaos.stories import Stories, Story

_MINUTE: Final = 60.0
_LONGEST: Final = 6 * 3600.0
_PAGES: Final = 6 * 2  # of an incident: each harm, as high and as critical; each is told on three channels
_OTHERS: Final = 6  # a digest and the close, on three channels at most
_OF_THE_STORM: Final = 100


def load(records: int, accounts: int) -> dict[str, Any]:
    """Drains it all; says how long that took and how much was told."""
    stories = _flood(records, accounts)
    began = time.process_time()
    with simulated(Seeded(random.Random(0)), Conditions()) as world:
        world.tell(stories, log_files=False)
        world.run(START + _MINUTE)
        world.run_until_quiet(_LONGEST)
        taken_in = max(_seconds(item["at"]["S"]) for item in world.table.all("EVT#"))
        verdict = judge(stories, world.received)
        pages = world.received.of("pagerduty", "trigger")
    of_storm = [one for one in pages if _is_wide(one)]
    told = len({one.body["dedup_key"] for one in pages})
    most_messages = verdict.incidents * (_PAGES * 3 + _OTHERS) + _OF_THE_STORM
    bars = {
        "lost 0": verdict.lost == 0,
        "counts exact": verdict.counts_exact,
        "pages bounded by incidents": told <= verdict.incidents * _PAGES + 1,
        "messages bounded by incidents": len(world.received.messages) <= most_messages,
    }
    return {
        "broken": [bar for bar, holds in bars.items() if not holds],
        "records": sum(len(story.records) for story in stories),
        "accounts": accounts,
        "lost": verdict.lost,
        "counts_exact": verdict.counts_exact,
        "incidents": verdict.incidents,
        "pages": told,
        "messages": len(world.received.messages),
        "seconds_until_taken_in": round(taken_in),
        **({"seconds_until_the_storm": round(of_storm[0].at - START)} if of_storm else {}),
        "seconds_until_the_last_page": round(max(one.at for one in pages) - START),
        "memory_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "processor_seconds": round(time.process_time() - began, 1),
    }


def _flood(records: int, accounts: int) -> list[Story]:
    """Root of every account at once: each signs in, looks and changes, within the same minute."""
    chance = random.Random("flood")
    found = Stories(0, 2 * records, START, kinds={"intrusion": 1}, calls=2 * records // accounts)
    stories = [story for story in found.stories if story.kind == "intrusion"][:accounts]
    for number, story in enumerate(stories):
        story.account = account = f"3{number:011d}"
        story.begins = START
        for one in story.records:
            one.at, one.account = START + chance.uniform(0, _MINUTE), account
            one.body |= {"recipientAccountId": account}
            one.body["userIdentity"] |= {"accountId": account, "arn": f"arn:aws:iam::{account}:root"}
    return stories


def _is_wide(page: Message) -> bool:
    """Whether it is of the organisation, as a storm is, and not of one account."""
    return not str(page.body["dedup_key"]).split("/")[1][:12].isdigit()


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp() - START
