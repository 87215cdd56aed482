"""Adapters of the core's ports: DynamoDB, Organizations, SNS, HTTP, secrets."""
