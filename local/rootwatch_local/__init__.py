"""rootwatch on this machine: the embedded AWS, receivers for its alerts, and the story that the demo tells."""
