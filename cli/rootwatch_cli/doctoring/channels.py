"""Checks of what the channels need: secrets, and a processor's share for the functions."""

from collections.abc import Iterable, Iterator
from typing import Final

from rootwatch.core.settings import Settings
from rootwatch_cli.doctoring.facts import Facts, Secret
from rootwatch_cli.doctoring.finding import Finding, Section, Unknown

_finding: Final = Section("The hub account")
_HUB_S: Final = "Give credentials of the hub account that may read them (in the preflight, --hub-profile)."
# A new account may run ten at once, which the monitor alone can need in a storm.
_FEW: Final = 50


def channels(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """Secrets and limits of the hub account, and that somebody will hear."""
    yield from judged(facts.secrets, settings, _finding)
    if not (settings.slack or settings.pagerduty or settings.emails or settings.topic):
        yield _finding("fail", "The settings name no channel: nobody would be told.", "Add slack, pagerduty or emails.")
    if not settings.pagerduty:
        yield _finding("warn", "The settings have no pagerduty: nobody is woken.", "Add it, if anybody is on call.")
    if isinstance(facts.concurrency, int) and facts.concurrency < _FEW:
        yield _finding(
            "warn",
            f"Lambda may run {facts.concurrency} functions at once in {settings.hub_region} of the hub account: in a "
            "storm alerts would wait for each other.",
            "Ask AWS for 1,000, the usual limit; it costs nothing.",
            f"aws service-quotas request-service-quota-increase --region {settings.hub_region} --service-code lambda "
            "--quota-code L-B99A9384 --desired-value 1000",
        )


def judged(secrets: Iterable[Secret], settings: Settings, finding: Section) -> Iterator[Finding]:
    """Whether the secrets are there and hold what they should, under any section."""
    secrets = list(secrets)
    refused = {secret.fault for secret in secrets if isinstance(secret.fault, Unknown)}
    for why in sorted(refused, key=lambda one: one.why):
        names = ", ".join(secret.name for secret in secrets if secret.fault == why)
        yield finding.unknown(f"whether the secrets {names} are as they should be", why, _HUB_S)
    for secret in secrets:
        if isinstance(secret.fault, str):
            yield _secret(secret, secret.fault, settings, finding)


def _secret(secret: Secret, fault: str, settings: Settings, finding: Section) -> Finding:
    if not fault:
        return finding("ok", f"The secret {secret.name} holds what {secret.section} needs.")
    verb = "create-secret --name" if "no such" in fault else "put-secret-value --secret-id"
    return finding(
        "fail",
        f"The secret {secret.name}, for {secret.section}: {fault}.",
        "Write it into a file that only you can read, and hand it over.",
        f"aws secretsmanager {verb} {secret.name} --region {settings.hub_region} --secret-string file://secret.json",
    )
