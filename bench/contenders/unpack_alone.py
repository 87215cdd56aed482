"""Unpacks every log file and looks at nothing: no reader can be faster than this and still have read everything.

In pieces of half a MB: of the ways that isal's interface offers this was the fastest. A whole file at once takes 4 to
12 % longer, its file object 8 %, pieces of 1 MB or of 64 kB and less 1 to 9 %; a buffer that is used again and again
makes no difference.
"""

import json
from typing import Final

from isal import igzip_lib

from bench.contenders.asked import paths

_PIECE: Final = 1 << 19
_LARGEST_BLOCK: Final = 8 * _PIECE


def main() -> None:
    """Prints how many bytes were unpacked."""
    # Until it has seen such a block, glibc takes each larger piece from the system and gives it back: 2 % slower.
    bytes(_LARGEST_BLOCK)
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
