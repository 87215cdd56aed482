"""Replay: past records through the same incidents, as if each had been taken in when it happened."""
