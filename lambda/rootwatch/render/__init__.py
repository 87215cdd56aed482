"""A notice as a Slack message, PagerDuty events, an SNS message. Pure: no client, environment or clock."""
