"""Golden samples: files that a person has read and found good. ``UPDATE_GOLDEN=1`` writes them anew."""

import os
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "golden"


def check(channel: str, name: str, text: str) -> None:
    """Compares with ``tests/golden/<channel>/<name>``, or writes it when asked to."""
    path = GOLDEN / channel / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.exists(), f"{path} is missing: run with UPDATE_GOLDEN=1 and read what it writes"
    assert text == path.read_text("utf-8"), f"{path} differs: run with UPDATE_GOLDEN=1 and read the difference"
