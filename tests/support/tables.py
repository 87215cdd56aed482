"""Tables of a test's own on the embedded AWS."""

from rootwatch_local.world import HUB, HUB_REGION, World


def shaped_as_deployed(world: World, name: str) -> str:
    """A new table shaped as the deployed one, and apart from it: the scheduler sweeps the deployed one."""
    dynamodb = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    shape = dynamodb.describe_table(TableName=world.table)["Table"]
    indexes = [
        {part: index[part] for part in ("IndexName", "KeySchema", "Projection")}
        for index in shape["GlobalSecondaryIndexes"]
    ]
    dynamodb.create_table(
        TableName=name,
        KeySchema=shape["KeySchema"],
        AttributeDefinitions=shape["AttributeDefinitions"],
        GlobalSecondaryIndexes=indexes,
        BillingMode="PAY_PER_REQUEST",
    )
    return name
