"""Coverage-guided fuzzing: bytes that find new ways through the code are kept, and tried again in every test run."""
