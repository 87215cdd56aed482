"""The handlers' parts: what the Lambda says when its settings have aged, and what it starts with."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

import rootwatch
from rootwatch.handlers import wiring
from tests.support.records import settings


@pytest.fixture
def deployed(tmp_path, monkeypatch):
    """An asset whose settings were fine on the day of their synth."""
    aged = {"account": "111122223333", "action": "ListUsers", "reason": "audit of 2020", "expires": "2020-12-31"}
    (tmp_path / "settings.json").write_bytes(settings(expected_use=[aged]).to_json())
    monkeypatch.setattr(rootwatch, "__file__", str(tmp_path / "rootwatch" / "__init__.py"))
    wiring.settings.cache_clear()
    yield
    wiring.settings.cache_clear()


def test_an_expired_entry_of_expected_use_is_ignored_aloud(deployed, monkeypatch):
    said = []
    monkeypatch.setattr(wiring.logger, "error", lambda text, **more: said.append((text, more["extra"])))
    assert wiring.settings().expired_use(datetime.now(UTC).date()) == wiring.settings().expected_use
    [(text, extra)] = said
    assert "expired" in text
    assert extra["entry"] == "audit of 2020"


def test_the_monitor_starts_without_what_only_alerts_need():
    """A client costs tens of milliseconds: none is made before it is asked for, and no test package is imported."""
    script = """
import json, sys
import rootwatch.handlers.monitor
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=_environment()
    )
    loaded = set(json.loads(done.stdout))
    assert {"boto3", "msgspec", "requests"} <= loaded
    assert loaded.isdisjoint({"moto", "slack_sdk", "pydantic", "click", "rich", "aws_cdk", "tomllib", "pytest"})


def _environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "POWERTOOLS_SERVICE_NAME": "monitor"}
