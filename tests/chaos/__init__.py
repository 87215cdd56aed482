"""The simulator: the real handlers under faults and crashes, and the judge of what they told."""
