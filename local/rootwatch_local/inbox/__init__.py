"""The inbox page of the demo: what the security team would see in Slack, in PagerDuty and in its mail."""
