"""Checks of the trails: without one that logs, EventBridge tells nobody of anything.

What is wrong with a trail the core says, as it does when the trail is looked at every five minutes.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from rootwatch.core.settings import Settings
from rootwatch.core.trail_status import TrailSeen, Trouble, troubles
from rootwatch_cli.doctoring.facts import Facts, Trail
from rootwatch_cli.doctoring.finding import Finding, Section, State, Unknown, named

_finding: Final = Section("Trails")
_OURS: Final = "rootwatch"
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
_MOST_TRAILS: Final = 5
_ALL: Final = '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'


def trails(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """Whether there is an organisation trail that takes in all that root does, and the settings know it."""
    if isinstance(facts.trails, Unknown):
        yield _finding.unknown("which trails there are", facts.trails)
        return
    all_of_them = [trail for trail in facts.trails if trail.organisation]
    theirs = [trail for trail in all_of_them if trail.said("Name") != _OURS]
    yield from map(judged, all_of_them)
    good = [trail for trail in theirs if not any(trouble.severity == "critical" for trouble in _wrong(trail))]
    if settings.trail and settings.trail.create:
        yield from _own(facts.trails, good, settings, made=len(theirs) < len(all_of_them))
    elif settings.trail:
        yield _named(theirs, settings)
    else:
        yield _none_named(good)


def _wrong(trail: Trail) -> tuple[Trouble, ...]:
    """What is wrong with it, as far as is known."""
    status = {"IsLogging": True} if isinstance(trail.status, Unknown) else trail.status
    selectors = {"EventSelectors": [{}]} if isinstance(trail.selectors, Unknown) else trail.selectors
    return troubles(
        [TrailSeen(description=trail.description, status=status, selectors=selectors)], trail.said("TrailARN")
    )


def judged(trail: Trail) -> Finding:
    """Whether a trail takes in all that root does, and what mends it."""
    wrong = _wrong(trail)
    if wrong:
        state: State = "fail" if any(trouble.severity == "critical" for trouble in wrong) else "warn"
        says = "; ".join(trouble.says for trouble in wrong)
        return _finding(state, f"{says[0].upper()}{says[1:]}.", "Mend it.", "\n".join(_mending(trail)))
    name = trail.said("Name")
    for part in (trail.status, trail.selectors):
        if isinstance(part, Unknown):
            return _finding.unknown(f"whether the trail {name} logs everything", part)
    return _finding("ok", f"The organisation trail {name} takes in every management event of every Region.")


def _mending(trail: Trail) -> Iterator[str]:
    """The commands that make a trail take in everything, as far as its state asks for them."""
    at = f"--region {trail.said('HomeRegion')}"
    arn = trail.said("TrailARN")
    flags = {
        "IsMultiRegionTrail": "--is-multi-region-trail",
        "IncludeGlobalServiceEvents": "--include-global-service-events",
    }
    needed = [flag for name, flag in flags.items() if trail.description.get(name) is not True]
    if needed:
        yield f"aws cloudtrail update-trail {at} --name {arn} {' '.join(needed)}"
    if not isinstance(trail.status, Unknown) and trail.status.get("IsLogging") is not True:
        yield f"aws cloudtrail start-logging {at} --name {arn}"
    if any("management events" in trouble.says or "leaves out" in trouble.says for trouble in _wrong(trail)):
        yield f"aws cloudtrail put-event-selectors {at} --trail-name {arn} --event-selectors '{_ALL}'"


def _own(trails: tuple[Trail, ...], good: list[Trail], settings: Settings, *, made: bool) -> Iterator[Finding]:
    here = [trail.said("Name") for trail in trails if trail.said("HomeRegion") == settings.hub_region]
    if good:
        yield _finding(
            "warn",
            f"The organisation trail {good[0].said('Name')} is there already: for a second copy of management events "
            "AWS asks $2 for each 100,000.",
            "Let rootwatch read the one that is there.",
            _section(good[0]),
        )
    if not made and len(here) >= _MOST_TRAILS:
        yield _finding(
            "fail",
            f"{settings.hub_region} has {len(here)} trails ({named(here)}), and a Region can have {_MOST_TRAILS}.",
            "Delete one, or name one of them in the settings.",
        )
    elif not good:
        yield _finding("ok", "There is no other organisation trail: the first copy of management events is free.")


def _named(theirs: list[Trail], settings: Settings) -> Finding:
    written = settings.trail
    assert written
    arn, bucket = written.trail_arn, written.bucket
    found = [
        trail for trail in theirs if (trail.said("TrailARN") == arn if arn else trail.said("S3BucketName") == bucket)
    ]
    if not found:
        what = f"the trail {arn}" if arn else f"an organisation trail that writes to {bucket}"
        return _finding("fail", f"The settings speak of {what}, and there is none.", "Look at rootwatch.trail again.")
    trail, real = found[0], _as_written(found[0])
    differs = [key for key in ("bucket", "prefix", "key_arn") if getattr(written, key) != real.get(key, "")]
    if differs:
        says = f"The trail {trail.said('Name')} has another {named(differs)} than the settings say."
        return _finding("fail", says, "Write what is there.", _section(trail))
    return _finding("ok", f"The settings' trail is {trail.said('Name')}, which writes to {bucket}.")


def _none_named(good: list[Trail]) -> Finding:
    if good:
        return _finding(
            "warn",
            "The settings have no trail: what EventBridge loses, for it is best effort, nobody would hear of. The "
            f"organisation trail {good[0].said('Name')} is there.",
            "Add it, with the account and the Region of its bucket.",
            _section(good[0]),
        )
    return _finding(
        "fail",
        "There is no organisation trail that would do, and the settings ask for none: nothing would be heard.",
        "Let rootwatch make one.",
        '"trail": {"create": true}',
    )


def _as_written(trail: Trail) -> dict[str, str]:
    """The settings' section for a trail that is there, as far as CloudTrail says it: not whose the bucket is."""
    section = {
        "bucket": trail.said("S3BucketName"),
        "bucket_account": "THE ACCOUNT THAT OWNS THE BUCKET",
        "bucket_region": trail.bucket_region or "THE REGION OF THE BUCKET",
        "prefix": trail.said("S3KeyPrefix"),
        "key_arn": trail.said("KmsKeyId"),
        "trail_arn": trail.said("TrailARN"),
    }
    return {key: value for key, value in section.items() if value}


def _section(trail: Trail) -> str:
    return f'"trail": {msgspec.json.format(msgspec.json.encode(_as_written(trail))).decode()}'
