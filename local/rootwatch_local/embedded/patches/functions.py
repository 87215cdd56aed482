"""Lambda: a function sees its own code and what AWS's Python runtime brings, and nothing else that is installed here.

A package missing from a deployment's asset is missing here too.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
"""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ministack.core import lambda_runtime

from rootwatch_local.embedded.patches.seam import replace

_PROVIDED = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")

_detect_runtime_binary: Callable[[str], tuple[str, str]]
_python: Path


def apply() -> None:
    """Have Python functions run by an interpreter that does not look into this environment's packages."""
    global _detect_runtime_binary, _python
    _detect_runtime_binary = replace(lambda_runtime, "_detect_runtime_binary", "runtime", _binary)
    runtime = Path(tempfile.mkdtemp(prefix="runtime-"))
    for name in _PROVIDED:
        _link(name, runtime)
    _python = runtime / "python"
    # -S leaves out the environment's packages, which no variable can; -s those of the user.
    _python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -s -S "$@"\n')
    _python.chmod(0o700)
    os.environ["PYTHONPATH"] = str(runtime)


def _link(name: str, runtime: Path) -> None:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"AWS's Python runtime has {name}, and this environment has not: install boto3.")
    origin = Path(spec.origin)
    source = origin.parent if spec.submodule_search_locations else origin
    (runtime / source.name).symlink_to(source)


def _binary(runtime: str) -> tuple[str, str]:
    binary, script = _detect_runtime_binary(runtime)
    return (str(_python), script) if binary == sys.executable else (binary, script)
