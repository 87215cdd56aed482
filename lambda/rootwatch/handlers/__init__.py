"""The Lambda functions: composition roots, a screen each."""
