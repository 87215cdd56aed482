"""docs/deploy.md, followed word for word by somebody who puts the hub into the management account."""

import pytest

from tests.support.live_guide import MANAGEMENT, reader, stacks

pytestmark = pytest.mark.embedded


def test_the_guide_with_the_hub_in_the_management_account():
    with reader("management account") as user:
        user.follow()
        assert stacks(user.aws, MANAGEMENT) == {"CDKToolkit"}
