"""What holds for every test: the same examples at every run, no network but loopback."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.scratch", "tests.support.worlds"]

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("deep", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def _loopback_alone(socket_enabled, monkeypatch):
    """Sockets to this machine only; AWS clients that were not pointed anywhere find no credentials."""
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
