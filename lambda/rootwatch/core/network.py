"""Where a call came from: the address as CloudTrail gives it, and the network that it belongs to."""

import ipaddress
import re

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def ip_addresses(address: str | None) -> list[IpAddress]:
    """The addresses in CloudTrail's ``sourceIPAddress``: one, in rare records two, none where it names a service."""
    found: list[IpAddress] = []
    for part in re.split(r"[,\s]+", address or ""):
        try:
            ip = ipaddress.ip_address(part)
        except ValueError:
            continue
        mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
        found.append(mapped or ip)
    return found


def network(address: str | None) -> str | None:
    """The /24 (IPv4) or /48 (IPv6) of the first address in CloudTrail's ``sourceIPAddress``; None for a service's name.

    A person's address changes within such a network; another one is another place, or another person.
    """
    for ip in ip_addresses(address):
        return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))
    return None


# What acts in an account without being told to by anybody in it, as CloudFormation and others are.
_ITSELF = frozenset({"aws internal", "organizations.amazonaws.com", "controltower.amazonaws.com"})


def names_aws(address: str | None) -> bool:
    """Whether ``sourceIPAddress`` or ``invokedBy`` names an AWS service in place of an address."""
    word = (address or "").strip().lower()
    return word == "aws internal" or word.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"))


def is_aws_itself(*named: str | None) -> bool:
    """Whether ``sourceIPAddress`` and ``invokedBy``, as far as they are there, name what acts by itself alone."""
    words = {word.strip().lower() for word in named if word}
    return bool(words) and words <= _ITSELF
