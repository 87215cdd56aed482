"""The bill of one organisation: ``python -m docs.cost --accounts 120 --trail existing --activity small``."""

import argparse
import sys
from collections import defaultdict
from typing import get_args

from docs._cost.bill import Item, bill, second_trail
from docs._cost.organisation import Activity, Organisation, Trail
from docs._cost.prices import prices


def main(arguments: list[str] | None = None) -> int:
    """Prints it, the dearest first."""
    parser = argparse.ArgumentParser(prog="python -m docs.cost", description="What rootwatch costs a month, in USD.")
    parser.add_argument("--accounts", type=_count, required=True)
    parser.add_argument("--regions", type=_count, default=17, help="Regions of each account (17)")
    parser.add_argument("--trail", choices=get_args(Trail), default="existing")
    parser.add_argument("--activity", choices=get_args(Activity), default="small")
    given = parser.parse_args(arguments)
    org = Organisation(accounts=given.accounts, regions=given.regions, trail=given.trail, activity=given.activity)
    print(_text(org))
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("write a whole number from 1 up")
    return number


def _text(org: Organisation) -> str:
    items = bill(org)
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[item.group].append(item)
    lines = [f"{sum(item.dollars for item in items):10.2f}  a month, in USD, us-east-1, no free tier"]
    for group, found in sorted(groups.items(), key=lambda one: -sum(item.dollars for item in one[1])):
        lines.append(f"{sum(item.dollars for item in found):10.2f}  {group}")
        lines += [
            f"{item.dollars:22.2f}  {prices()[item.price].what} x {item.quantity:,.0f}"
            for item in sorted(found, key=lambda item: -item.dollars)
            if item.dollars >= 0.005  # what is shown as 0.00
        ]
    if org.trail == "own":
        lines.append(f"{second_trail(org).dollars:10.2f}  more, if your organisation has a trail already")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
