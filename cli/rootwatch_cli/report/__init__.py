"""The report page: one self-contained file that shows a replay to a person, without a network."""
