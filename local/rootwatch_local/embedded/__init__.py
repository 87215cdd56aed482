"""An AWS of several accounts and regions on the loopback interface, for the demo and the integration tests.

`aws.EmbeddedAws` starts it, `organisation` says which accounts it has, `cdk` deploys to it with the real CDK command
line. Nothing here needs Docker, credentials or a network.
"""
