"""The deployment that is under way, if one is: what it touched, and whether that is as it should be."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Final, Protocol

import msgspec
from aws_lambda_powertools import Logger

from rootwatch.core import deployment_check, deployment_notices
from rootwatch.core.comparison import Manifest
from rootwatch.core.deployment_check import Check, Places, Touched, Where
from rootwatch.core.deployments import SCOPE
from rootwatch.core.incident import Incident
from rootwatch.core.ports import Store
from rootwatch.core.progress import Progress
from rootwatch.core.settings import Settings
from rootwatch.edge.observer import Sender
from rootwatch.edge.retrying import TRIES, pause

LET_GO: Final = "the deployment "  # begins the cause of what a deployment tells of, or has told


class HubPartsLook(Protocol):
    """What the hub has."""

    def look(self, touched: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """What is not as it should be with each of these, and with what must change with them; () where all is. Never
        raises."""


class Underway(msgspec.Struct, frozen=True):
    """A deployment as this run of coverage found it."""

    incident: Incident
    touched: Touched

    @property
    def cause(self) -> str:
        """What a place's difference is noted under, while it is the deployment's to tell."""
        return f"{LET_GO}{self.incident.id}"


class Deploying:
    """Confirms the open deployment, or notes on it what is not confirmed: the sweep pages when its time is up.

    ``hub_parts`` is asked for only by a deployment that touched some.
    """

    def __init__(
        self,
        *,
        store: Store,
        delivery: Sender,
        hub_parts: Callable[[], HubPartsLook],
        manifest: Manifest,
        settings: Settings,
        logger: Logger,
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._hub_parts = hub_parts
        self._manifest = manifest
        self._settings = settings
        self._logger = logger
        self._hub = (settings.hub_account, settings.hub_region)

    def underway(self) -> Underway | None:
        """The deployment that is open and has not paged. Raises ``StoreDownError``."""
        found = self._store.open_incident(SCOPE)
        if found is None or found.state == "closed" or found.is_failed_deployment:
            return None
        # What is processed while we read is of another run: it was not looked at.
        rules = {rule.name for rule in self._manifest.rules}
        changed = deployment_check.touched(self._store.facts(found.id), found.processed_at, rules)
        return Underway(found, changed)

    def to_compare(self, one: Underway, places: Places) -> set[Where]:
        """The places whose rules are to be read now."""
        return deployment_check.to_compare(one.touched, places, self._manifest.digest)

    def check(self, one: Underway, places: Places, told: Collection[Where], *, deploying: bool) -> Check:
        """What is not confirmed. ``deploying``: the manifest is new."""
        parts = deployment_check.hub_parts_in(one.touched, self._hub)
        return deployment_check.check(
            one.touched,
            places,
            self._hub_parts().look(parts) if parts else {},
            digest=self._manifest.digest,
            hub=self._hub,
            deploying=deploying,
            told=told,
        )

    def settle(self, one: Underway, found: Check, now: datetime) -> None:
        """Notes what was found, or ends the deployment. ``now``: when this run began.

        Raises ``StoreDownError``. When others are always first, nothing is noted: then its time runs on.
        """
        for _ in range(TRIES):
            incident = self._store.incident(one.incident.id)
            if incident is None or incident.state == "closed" or incident.is_failed_deployment:
                return
            is_all = incident.seen == one.incident.seen  # else more came than was looked at
            if is_all and deployment_check.is_over(found, incident.opened_at, incident.processed_at, now):
                stored = self._end(incident, one, found, now)
            else:
                stored = self._store.advance(_noted(incident, found, now), ())
            if stored:
                return
            pause()
        self._logger.warning("a deployment could not be noted: it goes on", extra={"incident": one.incident.id})

    def _end(self, incident: Incident, one: Underway, found: Check, now: datetime) -> bool:
        """False when others were first."""
        plan = deployment_notices.ended(incident, one.touched, found.told, self._settings, now)
        outcome = self._store.commit(plan, now)
        if outcome == "committed":
            self._delivery.deliver_stored(plan.notices)
        return outcome != "conflict"


def _noted(incident: Incident, found: Check, now: datetime) -> Incident:
    progress = (incident.progress or Progress()).looked(now, found.since, found.unconfirmed, found.missing)
    due_at = progress.deadline(incident.opened_at, incident.processed_at)
    return msgspec.structs.replace(incident, progress=progress, due_at=due_at)
