"""Rounds of canaries over many accounts at once: a few threads, each account by itself.

STS takes 600 AssumeRole calls a second of one account and Region; a few threads stay far below.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import random
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

import msgspec
from aws_lambda_powertools import Logger

from rootwatch.core.roll import Roll
from rootwatch.edge.canaries import Canaries
from rootwatch.edge.coverage_table import CoverageTable

THREADS: Final = 16


class Rounds:
    """Sends an account its canaries: the nonce is stored first, so that no answer can come before its question."""

    def __init__(self, table: CoverageTable, canaries: Canaries, now: Callable[[], datetime], logger: Logger) -> None:
        self._table = table
        self._canaries = canaries
        self._now = now
        self._logger = logger

    def send(self, asked: Sequence[Roll], rolls: dict[str, Roll], time_is_up: Callable[[], bool]) -> int:
        """Asks these accounts, and puts their rolls as they stand then into ``rolls``; answers how many canaries went
        out. What there is no time for is asked in the next run."""
        waiting = random.sample(asked, len(asked))  # at another second of their slot each time
        with ThreadPoolExecutor(THREADS) as pool:
            done = list(pool.map(lambda roll: None if time_is_up() else self._one(rolls[roll.account]), waiting))
        for answer in done:
            if answer:
                rolls[answer[0].account] = answer[0]
        left = sum(answer is None for answer in done)
        if left:
            self._logger.warning("accounts were not asked in this run", extra={"left": left})
        return sum(answer[1] for answer in done if answer)

    def _one(self, roll: Roll) -> tuple[Roll, int] | None:
        try:
            return self._ask(roll)
        except Exception:
            # One account never stops the rest.
            self._logger.exception("an account could not be asked", extra={"account": roll.account})
            return None

    def _ask(self, roll: Roll) -> tuple[Roll, int] | None:
        nonce = f"rootwatch-{secrets.token_hex(8)}"
        asked = roll.asked(nonce, self._now())
        if not self._table.keep(asked):
            return None  # another run asks it
        asked = msgspec.structs.replace(asked, version=asked.version + 1)
        failures = self._canaries.send(roll.account, nonce, asked.places)
        if failures:
            self._logger.warning("canaries could not be sent", extra={"account": roll.account, "failures": failures})
        noted = asked.with_failures(failures)
        if noted != asked and self._table.keep(noted):
            asked = msgspec.structs.replace(noted, version=noted.version + 1)
        return asked, len(asked.places) - len(failures)
