"""Where the embedded AWS differs from ministack: one module for each service, applied before its first request."""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

import ministack.app

from rootwatch_local.embedded.patches.seam import replace

# For what little is loaded at the start.
_EARLY = ("identity", "delegation", "trust", "departures", "organizations", "events", "targets")
# By the ministack module that is loaded when it is first asked for. CloudFormation makes topics and functions without
# asking their modules first, so it brings their patches too.
_LATE: dict[str, tuple[str, ...]] = {
    "sns": ("topics", "confirmations"),
    "account": ("enabled_regions",),
    "sts": ("sessions",),
    "lambda_svc": ("functions",),
    "cloudformation": ("topics", "functions", "resources", "policies", "stacks", "stacksets", "activation"),
}

_lock = threading.RLock()
_applied: set[str] = set()
_get_module: Callable[[str], Any]


def apply() -> None:
    """Have each ministack service patched as it is loaded.

    Raises:
        SeamMovedError: a function that we replace is not the one we know.
    """
    global _get_module
    _get_module = replace(ministack.app, "_get_module", "name", _patched_module)
    _apply(*_EARLY)


def warm_up() -> None:
    """Load CloudFormation and all that it brings, so that the first stack need not wait for it."""
    _patched_module("cloudformation")


def _patched_module(name: str) -> Any:
    module = _get_module(name)
    _apply(*_LATE.get(name, ()))
    return module


def _apply(*patches: str) -> None:
    with _lock:
        for patch in patches:
            if patch not in _applied:
                import_module(f"{__name__}.{patch}").apply()
                _applied.add(patch)
