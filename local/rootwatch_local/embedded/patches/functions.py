"""Lambda: a function sees its own code and what AWS's Python runtime brings, and nothing else that is installed here.

A package missing from a deployment's asset is missing here too. All that run the same code share one copy of it, which
on AWS none of them could write to; unpacking a copy for each takes longer than all else of a cold start.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
"""

import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

from rootwatch_local.embedded.patches.seam import replace

_PROVIDED = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")

_detect_runtime_binary: Callable[[str], tuple[str, str]]
_extract: Callable[..., None]
_python: Path
_unpacking = threading.Lock()


def apply() -> None:
    """Have Python functions run by an interpreter that does not look into this environment's packages."""
    global _detect_runtime_binary, _extract, _python
    _extract = replace(zipfile.ZipFile, "extractall", "self path members pwd", _extract_shared)
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


def _extract_shared(self: zipfile.ZipFile, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
    """Instead of a copy of a function's code for each that runs it, a link to the one copy."""
    archive = Path(self.filename or "")
    if archive.name != "code.zip" or not path or Path(path) != archive.with_suffix(""):
        _extract(self, path, members, pwd)
        return
    copy = Path(tempfile.gettempdir(), f"code-{hashlib.sha256(archive.read_bytes()).hexdigest()[:32]}")
    with _unpacking:
        if not copy.exists():
            making = Path(tempfile.mkdtemp(prefix="code-"))
            _extract(self, making, members, pwd)
            making.rename(copy)
    Path(path).rmdir()
    Path(path).symlink_to(copy)
