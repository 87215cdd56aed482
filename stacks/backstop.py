"""The backstop: the function that reads the organisation trail's log files for what was not heard."""

from dataclasses import replace

from aws_cdk import Duration
from constructs import Construct

from stacks import names
from stacks.function import Spec
from stacks.log_files import LogFiles
from stacks.queue_reader import QueueReader

# At most so long a file waits for nine others: it is minutes old when it comes.
_BATCHING = Duration.seconds(10)
# A whole processor, which unpacking and searching a log file keeps busy.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MEMORY_MEGABYTES = 1769


class Backstop(QueueReader):
    """Handed the keys of new log files. It does with what it finds there all that the monitor does."""

    def __init__(self, scope: Construct, spec: Spec, *, log_files: LogFiles) -> None:
        spec = replace(
            spec,
            environment={**spec.environment, **log_files.environment},
            statements=[*spec.statements, *log_files.reading],
            role_name=names.BACKSTOP_ROLE,
            memory_megabytes=_MEMORY_MEGABYTES,
        )
        super().__init__(scope, spec, queue=log_files.queues.queue, batching=_BATCHING)
