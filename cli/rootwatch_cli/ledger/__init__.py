"""The audit ledger: what the hub's table keeps of incidents, read for people and programs."""
