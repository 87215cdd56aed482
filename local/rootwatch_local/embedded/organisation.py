"""An AWS organisation with the accounts, names and ids that we choose; `EmbeddedAws.found` founds it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

STACKSETS = "member.org.stacksets.cloudformation.amazonaws.com"
CLOUDTRAIL = "cloudtrail.amazonaws.com"
_ACCOUNT_ID = re.compile(r"\d{12}")


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account: `unit` is the path of its organisational unit by names (`Workloads/Production`), "" for the root."""

    id: str
    name: str
    unit: str = ""
    email: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _ACCOUNT_ID.fullmatch(self.id):
            raise ValueError(f"An account id has twelve digits: {self.id!r} has not.")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """An organisational unit: its id, its own name, the id of what it stands below."""

    id: str
    name: str
    parent: str


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """An organisation of a management account and its members; `administrators` maps account id → service principals,
    `trusted` are the services that have trusted access.

    The ids are AWS's documentation values unless given. Units follow from the accounts' paths.
    """

    management: Account
    members: tuple[Account, ...] = ()
    administrators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trusted: tuple[str, ...] = (STACKSETS, CLOUDTRAIL)
    id: str = "o-exampleorgid"
    root_id: str = "r-examplerootid111"

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every account, the management account first."""
        return (self.management, *self.members)

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every organisational unit, parents first."""
        paths = sorted({path for account in self.accounts for path in _with_parents(account.unit)})
        return tuple(
            Unit(id=self.unit_id(path), name=path.rpartition("/")[2], parent=self.unit_id(path.rpartition("/")[0]))
            for path in paths
        )

    def unit_id(self, path: str) -> str:
        """Id of the unit at a path by names, the root's for "": the same path has the same id in every run."""
        if not path:
            return self.root_id
        return f"ou-{self.root_id.removeprefix('r-')}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"


def _with_parents(path: str) -> list[str]:
    names = [name for name in path.split("/") if name]
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]
