"""Alerts as their readers see them, from the golden samples that the tests compare every rendering with."""

from pathlib import Path
from typing import Final

_GOLDEN: Final = Path(__file__).resolve().parents[2] / "tests" / "golden"
_MAILS: Final = {
    "access-key-made": "Root makes an access key for itself: critical, it pages",
    "failed-sign-in": "One failed sign-in: medium, nobody is woken",
    "privileged-task": "A colleague's work with centralised root access: medium, it names the colleague",
    "digest": "A digest: what was folded since the last notice",
}


def headlines() -> str:
    """The first line of every sample."""
    return f"```text\n{_read('headline/all.txt')}\n```"


def mails() -> str:
    """A few samples in full, as the e-mail shows them."""
    return "\n\n".join(f"### {title}\n\n```text\n{_read(f'sns/{name}.txt')}\n```" for name, title in _MAILS.items())


def _read(name: str) -> str:
    return (_GOLDEN / name).read_text("utf-8").strip()
