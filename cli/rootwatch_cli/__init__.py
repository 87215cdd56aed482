"""The command line: ``rootwatch``."""
