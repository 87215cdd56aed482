"""Makes the last run the one that docs/reliability.md tells: `make chaos-page`."""

import sys

from docs._generators.reliability import MEASURED
from tests.chaos.run import OUT
from tests.support.publishing import take_over

if __name__ == "__main__":
    sys.exit(take_over(OUT, MEASURED, "chaos"))
