"""What ``rootwatch scan`` writes: a line a record, as a table, JSON lines, CSV or OCSF."""
