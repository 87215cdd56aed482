"""Memory stays flat, whatever the size of a file."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.oracle import ordinary, watch_events

_READ = """
import sys
sys.path.insert(0, sys.argv[2])
from rootwatch.archive import Found, read_log_file
path, _, name = sys.argv[1:]
with open(path, "rb") as file:
    found = sum(isinstance(one, Found) for one in read_log_file(file, path, lambda item: item.name == name))
with open("/proc/self/status") as status:
    print(found, *(line.split()[1] for line in status if line.startswith("VmHWM")))
"""
_LAMBDA = Path(__file__).parents[3] / "lambda"
_EVENT = next(iter(watch_events().values()))


def _written(path: Path, separators: tuple[str, str], megabytes: int) -> Path:
    """A log file of about so many MB, a member for each, with one of our records in it."""
    without_words = {"requestParameters": None}
    records = [json.dumps(ordinary(number) | without_words, separators=separators) for number in range(1300)]
    records.insert(700, json.dumps(_EVENT, separators=separators))
    member = gzip.compress(("," + ",".join(records)).encode(), 1)
    first = gzip.compress(('{"Records":[' + records[0]).encode(), 1)
    path.write_bytes(first + member * megabytes + gzip.compress(b"]}"))
    return path


def _read(path: Path) -> tuple[int, float]:
    """What was found, and the most MB that the process took."""
    command = [sys.executable, "-c", _READ, str(path), str(_LAMBDA), _EVENT["eventName"]]
    found, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(found), int(peak) / 1024


# What getrusage tells of a child begins with its parent's size.
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
@pytest.mark.parametrize(
    ("separators", "sizes"), [((",", ":"), (30, 300)), ((", ", ": "), (3, 12))], ids=["as CloudTrail writes", "spaced"]
)
def test_a_file_of_many_times_the_size_takes_no_more_memory(tmp_path, separators, sizes):
    taken = []
    for size in sizes:
        found, peak = _read(_written(tmp_path / f"{size}.json.gz", separators, size))
        assert found == size
        assert peak < 100
        taken.append(peak)
    assert taken[1] < taken[0] + 10
