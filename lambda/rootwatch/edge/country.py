"""The country that an address is registered in, offline: what the five Internet registries say of its block.

It is not where somebody sits: a cloud's or a VPN's address is registered where its owner is.
"""

import iptocc

from rootwatch.core.network import ip_addresses


def country(address: str | None) -> str | None:
    """The ISO 3166-1 code for the first address in CloudTrail's ``sourceIPAddress``; None if no registry says."""
    for ip in ip_addresses(address):
        return iptocc.country_code(str(ip))
    return None
