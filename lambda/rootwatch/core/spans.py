"""Spans of time in words."""

from datetime import timedelta


def duration(span: timedelta) -> str:
    """The two largest units that matter: ``4 min``, ``2 h 10 min``, ``3 days``."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"
