"""What the simulator takes for given of the deployment is what is deployed: timeouts, queues, how many at once."""

from collections.abc import Mapping
from typing import Any

from tests.chaos.functions import TIMEOUTS
from tests.chaos.simulator import QUEUES, WORKERS
from tests.stacks.test_operations import of_kind

Templates = Mapping[str, dict[str, Any]]


def test_the_functions_have_the_time_that_the_simulator_gives_them(delegated: Templates) -> None:
    functions = of_kind(delegated["rootwatch-hub"], "AWS::Lambda::Function").values()
    deployed = {str(one["FunctionName"]).removeprefix("rootwatch-"): one["Timeout"] for one in functions}
    assert {name: deployed[name] for name in TIMEOUTS} == TIMEOUTS


def test_the_queues_hide_and_give_up_messages_as_the_simulator_s_do(delegated: Templates) -> None:
    queues = {one["QueueName"]: one for one in of_kind(delegated["rootwatch-hub"], "AWS::SQS::Queue").values()}
    for name, simulated in QUEUES.items():
        assert queues[name]["VisibilityTimeout"] == simulated["visibility"]
        assert queues[name]["RedrivePolicy"]["maxReceiveCount"] == simulated["most_receives"]


def test_so_many_monitors_and_backstops_run_at_once_as_the_simulator_has(delegated: Templates) -> None:
    mappings = of_kind(delegated["rootwatch-hub"], "AWS::Lambda::EventSourceMapping").values()
    assert {one["ScalingConfig"]["MaximumConcurrency"] for one in mappings} == {WORKERS}
    assert {one["BatchSize"] for one in mappings} == {10}
