"""Unpacks every log file and looks at nothing: no reader can be faster than this and still have read everything.

In pieces of 1 MB, since that is a little faster than each file at once: what is thrown away is still in the cache.
"""

import json
from typing import Final

from isal import igzip_lib

from bench.contenders.asked import paths

_PIECE: Final = 1 << 20


def main() -> None:
    """Prints how many bytes were unpacked."""
    raw = 0
    for path in paths():
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 # pathlib would be measured too
            raw += _unpacked(file.read())
    print(json.dumps({"raw_bytes": raw}))


def _unpacked(packed: bytes) -> int:
    """The bytes of all gzip members."""
    raw = 0
    while packed:
        member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        raw += len(member.decompress(packed, _PIECE))
        while not member.eof:
            if member.needs_input:
                raise EOFError("a log file is cut short")
            raw += len(member.decompress(b"", _PIECE))
        packed = member.unused_data
    return raw


if __name__ == "__main__":
    main()
