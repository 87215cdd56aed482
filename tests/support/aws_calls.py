"""Which calls to AWS the Lambda's code makes, read from its sources.

A module that makes calls names the types of its clients (``mypy_boto3_<service>``); what it calls on anything under the
name of one of that client's methods is that call. Where a transaction or a helper makes the call, a table says so.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from botocore import xform_name
from botocore.session import get_session

CODE = Path(__file__).parents[2] / "lambda" / "rootwatch"
# Calls that ask for the permissions of what is in them.
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
# Calls that somebody else's code makes for ours, by the name that our code imports from there.
BY_HELPERS = {
    "SecretsProvider": "secretsmanager:GetSecretValue",
    "AssumeRoleCredentialFetcher": "sts:AssumeRole",
}
# Calls that ask for one more permission, with the argument that makes them do so.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
WITH_ARGUMENT = {("s3:GetObject", "VersionId"): "s3:GetObjectVersion"}


def actions() -> dict[str, set[str]]:
    """IAM's actions, with the modules that need them."""
    found: dict[str, set[str]] = {}
    for path in sorted(CODE.rglob("*.py")):
        for action in _in_module(ast.parse(path.read_text("utf-8"))):
            found.setdefault(action, set()).add(path.relative_to(CODE).as_posix())
    return found


def _in_module(tree: ast.Module) -> Iterator[str]:
    imported = {name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in _names(node)}
    yield from (BY_HELPERS[name] for name in imported & BY_HELPERS.keys())
    services = {name.removeprefix("mypy_boto3_") for name in imported if name.startswith("mypy_boto3_")}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            for service in services:
                yield from _of_call(service, node, texts)


def _of_call(service: str, call: ast.Call, texts: set[str]) -> Iterator[str]:
    assert isinstance(call.func, ast.Attribute)
    method = call.func.attr
    if method == "get_paginator" and isinstance(call.args[0], ast.Constant):
        method = str(call.args[0].value)
    operation = _operations(service).get(method)
    if operation is None:
        return
    if operation == "TransactWriteItems":
        yield from (f"{service}:{action}" for key, action in IN_TRANSACTIONS.items() if key in texts)
        return
    action = f"{service}:{operation}"
    yield action
    yield from (more for (one, argument), more in WITH_ARGUMENT.items() if one == action and argument in texts)


def _names(node: ast.ImportFrom) -> Iterator[str]:
    yield node.module or ""
    yield from (name.name for name in node.names)


@cache
def _operations(service: str) -> dict[str, str]:
    """The client's methods with the operations that they call."""
    model = get_session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}
