"""``doctor --preflight``: what must be so before the first deployment, as pure checks over gathered facts."""

from rootwatch.core.settings import Settings
from rootwatch_cli.doctoring.channels import channels
from rootwatch_cli.doctoring.denials import denials
from rootwatch_cli.doctoring.facts import Facts
from rootwatch_cli.doctoring.finding import Finding
from rootwatch_cli.doctoring.organisation import organisation
from rootwatch_cli.doctoring.places import places
from rootwatch_cli.doctoring.trails import trails


def preflight(facts: Facts, settings: Settings) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    return [
        finding for check in (organisation, trails, places, denials, channels) for finding in check(facts, settings)
    ]
