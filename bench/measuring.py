"""Runs contenders in turn, A B C A B C, so that a slow minute of the machine is everybody's."""

from collections.abc import Callable, Sequence

from bench.answers import Asked, unpacked
from bench.archive.truth import Archive
from bench.jobs import Job, Part, asked, unpacking
from bench.machine import cores
from bench.ratios import Figure, figure
from bench.whole_process import Took, run

Say = Callable[[str], None]


def measure(jobs: Sequence[Job], archive: Archive, repeat: int, say: Say) -> list[Figure]:
    """The figures of each job: a first round that is dropped, which also warms the page cache, then ``repeat`` more.

    Every answer is checked, the first round's too. Raises WrongAnswerError, Failed.
    """
    sizes = _raw_bytes(jobs, archive)
    expected = {job.name: asked(job, archive, sizes[job.part]) for job in jobs}
    runs: dict[str, list[Took]] = {job.name: [] for job in jobs}
    for number in range(repeat + 1):
        for job in jobs:
            took = _once(job, expected[job.name])
            say(f"{'warm-up' if number == 0 else f'round {number}'}  {job.title}: {took.seconds:.2f} s")
            if number:
                runs[job.name].append(took)
    return [figure(job.name, job.title, job.cores, expected[job.name].raw_bytes, runs[job.name]) for job in jobs]


def _once(job: Job, expected: Asked) -> Took:
    # The last cores: the first one has the machine's interrupts.
    took, output = run(job.stages, on=cores()[-job.cores :], feed=job.feed, env=job.env, codes=job.codes)
    job.check(output, expected)
    return took


def _raw_bytes(jobs: Sequence[Job], archive: Archive) -> dict[Part, int]:
    """How many bytes each part has unpacked."""
    found = {}
    for part in {job.part for job in jobs}:
        once = Part(part.first, part.every)
        _, output = run(unpacking(archive, once).stages, on=cores())
        found[part] = unpacked(output) * part.times
    return found
