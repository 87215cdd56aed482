"""What one writes first: gzip, json, and a comparison."""

import gzip
import json
from typing import Any

from bench.contenders.asked import paths


def main() -> None:
    """Prints the eventID of each record whose userIdentity is Root."""
    found = []
    for path in paths():
        with gzip.open(path) as file:
            records = json.load(file)["Records"]
        found += [record["eventID"] for record in records if _is_root(record)]
    print(json.dumps({"event_ids": found}))


def _is_root(record: dict[str, Any]) -> bool:
    identity = record.get("userIdentity")
    return isinstance(identity, dict) and identity.get("type") == "Root"


if __name__ == "__main__":
    main()
