"""The parts of the archive that `bench.generate` writes: its layout, its plan, its records."""
