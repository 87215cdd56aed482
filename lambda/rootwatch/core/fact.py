"""A fact: one line of an incident's story, judged. It never holds the raw record, nor anything secret."""

from datetime import datetime
from typing import Literal

import msgspec

from rootwatch.core.words import OBSERVED_KINDS, WATCH_KINDS, Harm, Kind, Severity, Verdict

Mfa = Literal["yes", "no", "unknown", "not-applicable"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one root use was, or one watch event. Texts are cut on reading, so that a fact stays under 4 kB."""

    key: str
    time: datetime
    kind: Kind
    harm: Harm
    severity: Severity
    title: str  # "sign-in, no MFA": follows "ROOT " in a headline
    says: str  # "signed in to the console without MFA": follows "root "; of a watch event a sentence, with who did it
    do_now: str
    action: str | None = None
    service: str | None = None
    event_id: str | None = None
    event_time: datetime | None = None  # None: the record had none, and `time` is when we read it
    account: str | None = None
    region: str | None = None
    address: str | None = None
    network: str | None = None
    country: str | None = None  # that the address is registered in; None: no registry says
    user_agent: str | None = None
    mfa: Mfa = "not-applicable"
    error: str | None = None  # the errorCode, or what the sign-in page said
    invoked_by: str | None = None
    access_key_id: str | None = None
    technique: str = ""
    window: str = "never"  # what a break-glass window may cover of it: "yes", "never", or what covers= must name
    verdict: Verdict = "unplanned"
    verdict_why: str = "no break-glass window"
    ticket: str | None = None
    alone: Severity | None = None  # the severity before the verdict
    hold: int = 0  # seconds that its page may wait for what would explain it
    first_day: bool = False  # AWS itself acted, in an account that is less than a day old
    central: str = ""  # the root task policy that allows this action
    principal: str | None = None  # who called AssumeRoot; of a watch event, who did it
    policy: str | None = None  # with which root task policy
    why: tuple[str, ...] = ()  # what made the severity what it is

    means: str = ""  # of a watch event: what follows from it, in a sentence
    cause: str = ""  # of a watch event: what repeats of it fold by
    part: str = ""  # of a deployment: what of ours it changed, ``rule:…``, ``function:…``, ``role:…``, ``other:…``
    began_by: str = ""  # of a deployment: who began it, by name
    recorded_in: str | None = None  # the account whose CloudTrail has the record, if not `account`

    @property
    def is_watch_event(self) -> bool:
        """Whether it is no root use, but something that anybody did to root or to the watch, or that we found out."""
        return self.kind in WATCH_KINDS or self.kind in OBSERVED_KINDS

    @property
    def signed_in(self) -> bool:
        """Whether somebody got in by the sign-in page."""
        return self.kind == "sign-in"
