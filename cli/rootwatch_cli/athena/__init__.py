"""The question of ``rootwatch scan`` put to Athena: for more log files than one machine should read."""
