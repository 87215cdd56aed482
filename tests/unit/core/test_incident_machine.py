"""The incident machine against a plain model: whatever happens, the same is open, paged and counted."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.journal import Journal
from tests.support.records import NOON, call, failed_sign_in, sign_in

ACCOUNTS: Final = ("111122223333", "444455556666")
GAP: Final = timedelta(minutes=30)
PAGE_STANDS: Final = timedelta(hours=6)
_RANK: Final = ("low", "medium", "high", "critical")
# What somebody does, its harm and its severity: from docs/alerts.md, by hand.
DEEDS: Final = {
    "lists users": (lambda **at: call("ListUsers", **at), "access", "high"),
    "starts instances": (lambda **at: call("RunInstances", eventSource="ec2.amazonaws.com", **at), "change", "high"),
    "makes a user": (lambda **at: call("CreateUser", **at), "identity", "high"),
    "makes a key": (lambda **at: call("CreateAccessKey", **at), "credentials", "critical"),
    "signs in with MFA": (lambda **at: sign_in(mfa="Yes", **at), "access", "high"),
    "signs in without": (lambda **at: sign_in(mfa="No", **at), "access", "critical"),
    "mistypes": (lambda **at: failed_sign_in(**at), "access", "medium"),
}


@dataclass
class Plain:
    """An incident, as somebody would keep it on paper."""

    last: object
    paged: object = None  # when it was last
    harms: dict = field(default_factory=dict)
    seen: int = 0
    told: int = 0
    failures: int = 0

    def is_over(self, now):
        return now >= self.last + GAP or (self.paged is not None and now >= self.paged + PAGE_STANDS)


class IncidentMachine(RuleBasedStateMachine):
    """One network, two accounts, one worker, a clock that only goes forward."""

    def __init__(self):
        super().__init__()
        self.journal = Journal()
        self.now = NOON
        self.open: dict[str, Plain] = {}
        self.closed: list[Plain] = []
        self.items = []

    @rule(account=st.sampled_from(ACCOUNTS), deed=st.sampled_from(sorted(DEEDS)))
    def somebody_does(self, account, deed):
        make, harm, severity = DEEDS[deed]
        one = self.open.get(account)
        if one and one.is_over(self.now):
            self.closed.append(self.open.pop(account))
            one = None
        if one is None:
            one = self.open[account] = Plain(self.now)
        item = make(at=self.now, account=account)
        before = len(self.journal.pages)
        self.journal.take(item, self.now)
        self.items.append(item)
        one.paged = self.now if len(self.journal.pages) > before else one.paged
        one.last, one.seen = self.now, one.seen + 1
        one.harms[harm] = max(severity, one.harms.get(harm, "low"), key=_RANK.index)

    @rule(minutes=st.integers(1, 45))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        self.journal.tick(self.now)
        for account, one in list(self.open.items()):
            if one.is_over(self.now):
                self.closed.append(self.open.pop(account))

    @rule(chance=st.randoms(use_true_random=False))
    def the_queue_brings_something_again(self, chance):
        if self.items:
            before = len(self.journal.notices)
            assert self.journal.take(chance.choice(self.items), self.now) is None
            assert len(self.journal.notices) == before

    @invariant()
    def as_many_incidents_are_open_and_closed(self):
        heads = self.journal.store.heads.values()
        # One that is over but was not looked at since is closed by the next look.
        assert len(heads) == len(self.open) + len(self.closed)

    @invariant()
    def what_is_true_of_the_open_ones_is_on_the_paper_too(self):
        for account, one in self.open.items():
            head = self.journal.store.heads[self.journal.store.pointers[account]]
            assert head.seen == one.seen
            assert self._at_least(head.harms, one.harms)

    @invariant()
    def every_harm_that_is_high_or_worse_was_paged_once_at_its_severity(self):
        assert len(self.journal.pages) == len(set(self.journal.pages))
        for account, one in self.open.items():
            head = self.journal.store.heads[self.journal.store.pointers[account]]
            for harm, severity in head.harms.items():
                key = f"rootwatch/{head.id}/{harm}/{severity}"
                assert (key in self.journal.pages) == (severity in ("high", "critical"))
            assert one.seen

    @invariant()
    def each_record_was_counted_once(self):
        counted = sum(head.seen for head in self.journal.store.heads.values())
        assert counted == len(self.items) == len(self.journal.store.marks)

    @staticmethod
    def _at_least(harms, plain):
        """The same; a story rule (failures before a sign-in) may raise "access", and nothing else."""
        others = {harm: severity for harm, severity in harms.items() if harm != "access"}
        same = others == {harm: severity for harm, severity in plain.items() if harm != "access"}
        return same and _RANK.index(harms.get("access", "low")) >= _RANK.index(plain.get("access", "low"))


TestIncidentMachine = IncidentMachine.TestCase
TestIncidentMachine.settings = examples(max_examples=60, stateful_step_count=25)
