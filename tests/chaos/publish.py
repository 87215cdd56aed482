"""Makes the last run the one that docs/reliability.md tells: `make chaos-page`."""

import shutil
import sys

from docs._generators.reliability import MEASURED
from tests.chaos.run import OUT


def main() -> int:
    """Takes over what the last run wrote; 2 if there was none."""
    if not OUT.exists():
        print("Nothing was measured yet: run `make chaos` first.", file=sys.stderr)
        return 2
    shutil.copyfile(OUT, MEASURED)
    return 0


if __name__ == "__main__":
    sys.exit(main())
