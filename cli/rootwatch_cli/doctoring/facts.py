"""What ``doctor --preflight`` knows: gathered by ``gather``, judged by the checks."""

from collections.abc import Iterator, Mapping

import msgspec

from rootwatch_cli.aws import Caller
from rootwatch_cli.doctoring.finding import Unknown


class Organization(msgspec.Struct, frozen=True):
    """``features``: ALL or CONSOLIDATED_BILLING."""

    id: str
    management: str
    features: str


class Member(msgspec.Struct, frozen=True):
    """An account of the organisation; ``parent`` is a root's or a unit's id."""

    id: str
    name: str
    parent: str
    active: bool


class Tree(msgspec.Struct, frozen=True):
    """Units and accounts. ``parents``: unit → its parent, a root → ""; ``names``: of both; ``members``: by id;
    ``without_policies``: the roots where service control policies are not enabled."""

    parents: Mapping[str, str]
    names: Mapping[str, str]
    members: Mapping[str, Member]
    without_policies: tuple[str, ...] = ()

    def above(self, child: str) -> Iterator[str]:
        """An account or unit, and all that it stands below."""
        if child in self.members:
            yield child
            child = self.members[child].parent
        while child in self.parents:
            yield child
            child = self.parents[child]

    def name(self, target: str) -> str:
        """A name with its id, for people."""
        known = self.members[target].name if target in self.members else self.names.get(target)
        return f"{known} ({target})" if known else target


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """A trail that the management account sees, as CloudTrail's answers tell of it; ``bucket_region`` S3 says."""

    description: Mapping[str, object]
    status: Mapping[str, object] | Unknown
    selectors: Mapping[str, object] | Unknown
    bucket_region: str = ""

    def said(self, name: str) -> str:
        """A field of DescribeTrails' answer, "" if it has none."""
        return str(self.description.get(name) or "")

    @property
    def organisation(self) -> bool:
        """Whether it is one of the whole organisation."""
        return self.description.get("IsOrganizationTrail") is True


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A service control policy: its JSON text, and the ids that it is attached to."""

    id: str
    name: str
    content: str | Unknown
    targets: tuple[str, ...] | Unknown


class Secret(msgspec.Struct, frozen=True):
    """A secret of the settings. ``fault``: "" if it holds what it should, else a few words without its value."""

    section: str
    name: str
    fault: str | Unknown


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``delegated``: account → the services whose administrator it is; ``regions``: account → those that are
    enabled; ``concurrency``: Lambda's limit in the hub's account and Region."""

    caller: Caller
    organization: Organization | Unknown
    trusted: frozenset[str] | Unknown
    delegated: Mapping[str, tuple[str, ...]] | Unknown
    trails: tuple[Trail, ...] | Unknown
    tree: Tree | Unknown
    regions: Mapping[str, tuple[str, ...] | Unknown]
    policies: tuple[Policy, ...] | Unknown
    secrets: tuple[Secret, ...]
    concurrency: int | Unknown
