"""The deployed rules against those that should be: what differs, in words. What should be is in the asset's manifest.

A canary proves one branch of one rule; who cuts the branch for root alone is found here.
Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from rootwatch.core.hub_parts import HubPart
from rootwatch.core.record import digest

ROOT_USE_RULE: Final = "rootwatch-root-use"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a rule sends to, and by which role."""

    arn: str
    role_arn: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the default bus. ``targets`` in the order of their ARNs."""

    name: str
    pattern: dict[str, Any]
    state: str
    targets: tuple[Target, ...]


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A role of every account: who may take it, and its own policies by name."""

    name: str
    trust: dict[str, Any]
    policies: dict[str, dict[str, Any]] = {}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of every place; the roles of every account, in which ``{account}`` stands for its id; and the
    hub's parts."""

    rules: tuple[Rule, ...] = ()
    roles: tuple[Role, ...] = ()
    hub: tuple[HubPart, ...] = ()

    @property
    def digest(self) -> str:
        """What changes when any rule of the places does."""
        return digest(msgspec.to_builtins(self.rules))

    def to_json(self) -> bytes:
        """For the asset; ``from_json`` reads it back equal."""
        return msgspec.json.encode(self, order="sorted")


def from_json(text: bytes) -> Manifest:
    """Reads a manifest; raises ``msgspec.DecodeError`` or ``msgspec.ValidationError``."""
    return msgspec.json.decode(text, type=Manifest)


def differences(manifest: Manifest, found: Mapping[str, Rule | None], account: str) -> tuple[str, ...]:
    """What differs in one place, a sentence each, the root-use rule's first; () when all is as it should be."""
    said = []
    for rule in sorted(manifest.rules, key=lambda one: (one.name != ROOT_USE_RULE, one.name)):
        said += [f"the rule {rule.name} {words}" for words in _of_rule(rule, found.get(rule.name), account)]
    return tuple(said)


def concerns_root(sentences: Sequence[str]) -> bool:
    """Whether it is the rule for root itself that differs."""
    return any(f"rule {ROOT_USE_RULE} " in sentence for sentence in sentences)


def _of_rule(wanted: Rule, found: Rule | None, account: str) -> list[str]:
    if found is None:
        return ["is gone"]
    said = []
    if found.state != wanted.state:
        said.append(_state(found.state))
    if found.pattern != wanted.pattern:
        said.append("lets other events through than the deployed one")
    targets = {target.arn: target.role_arn for target in found.targets}
    for target in wanted.targets:
        if target.arn not in targets:
            said.append("does not send to the hub any more")
        elif targets[target.arn] != target.role_arn.replace("{account}", account):
            said.append("sends to the hub by another role")
    return said


def _state(state: str) -> str:
    if state == "ENABLED":
        return "does not see read-only calls any more (its state is ENABLED)"
    return f"is in the state {state}"
