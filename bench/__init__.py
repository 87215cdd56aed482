"""Measurements, each against what a user would pick instead. Nothing of this is deployed or installed."""
