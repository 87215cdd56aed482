"""What a root action means, and what it means when nobody has written it down."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from rootwatch.core.words import Harm, Severity

Central = Literal[
    "",
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
]
Coverable = Literal["yes", "never", "password", "mfa", "contact"]
Words = Annotated[str, Meta(pattern=r"^[a-z][^*`_\n]*[^.\n]$", max_length=90)]
Technique = Annotated[str, Meta(pattern=r"^(T\d{4}(\.\d{3})?)?$")]
Advice = Annotated[str, Meta(pattern=r"^[A-Z].*[.?]$", max_length=240)]

_READING_VERBS: Final = (
    "Get",
    "List",
    "Describe",
    "Head",
    "Lookup",
    "BatchGet",
    "Search",
    "Query",
    "Check",
    "Validate",
    "Simulate",
)
_LONGEST_NAME: Final = 100
_ASK: Final = "Ask the account's owner who is using root. If nobody can say, treat the account as taken over."


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What an action does and what to do about it: the fields that every row of the catalogue states."""

    name: Annotated[str, Meta(min_length=1)]
    harm: Harm
    severity: Severity
    says: Words
    tried: Words
    technique: Technique
    do_now: Advice
    window: Coverable
    changes: bool
    needs_root: bool = False
    central: Central = ""


class Act(Meaning, frozen=True, kw_only=True):
    """The meaning of one record's action.

    ``says`` follows "root " ("made a long-term access key for the root user"), ``tried`` follows "tried to ".
    ``window`` is what a declared break-glass window may cover: "yes", "never", or only where its ``covers=`` names it.
    ``central`` is the root task policy with which centralised root access could have done the same without a sign-in.
    ``known`` is False where no row fits and the verb, or ``readOnly``, had to speak.
    """

    service: str
    known: bool


def unknown_act(source: str | None, name: str | None, record: Mapping[str, object]) -> Act:
    """The act of an action without a row: high, a change unless the record or its verb says that it only reads."""
    reads = record.get("readOnly")
    if not isinstance(reads, bool):
        reads = isinstance(name, str) and name.startswith(_READING_VERBS)
    called = name[:_LONGEST_NAME] if isinstance(name, str) and name else "an action without a name"
    return Act(
        service=source if isinstance(source, str) else "",
        known=False,
        name=called,
        harm="access" if reads else "change",
        severity="high",
        says=f"called {called} (read-only)" if reads else f"called {called}",
        tried=f"call {called}",
        technique="T1078.004",
        do_now=_ASK if reads else f"{_ASK} Read in CloudTrail what this call changed, and undo it.",
        window="yes",
        changes=not reads,
    )
