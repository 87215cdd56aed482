"""Deploying to an embedded AWS with the real CDK command line."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from rootwatch_local.embedded.aws import EmbeddedAws

_PROJECT = Path(__file__).resolve().parents[3]
_CDK = _PROJECT / "node_modules" / ".bin" / "cdk"
_SECONDS = 300.0
_LAST_LINES = 15

# What `cdk bootstrap` leaves for a deployment to find: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
_QUALIFIER = "hnb659fds"
_BOOTSTRAP_VERSION = "30"


class CdkError(Exception):
    """The CDK command line failed; the message ends with its last lines."""


def bootstrap(aws: EmbeddedAws, account: str, region: str) -> None:
    """Run `cdk bootstrap` for an account and region; `prepare` is quicker and does for a deployment."""
    _run(aws, account, region, "bootstrap", f"aws://{account}/{region}")


def prepare(aws: EmbeddedAws, account: str, region: str) -> None:
    """Give an account and region what a deployment needs of `cdk bootstrap`: the assets' bucket and the version.

    The roles are left out: the command line goes on with the account's own credentials, as it does on AWS.
    """
    bucket = f"cdk-{_QUALIFIER}-assets-{account}-{region}"
    # us-east-1 is no LocationConstraint: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    aws.client("s3", account, region).create_bucket(Bucket=bucket, **where)
    aws.client("ssm", account, region).put_parameter(
        Name=f"/cdk-bootstrap/{_QUALIFIER}/version", Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True
    )


def deploy(aws: EmbeddedAws, assembly: Path, stacks: Sequence[str], account: str, region: str) -> None:
    """Run `cdk deploy` for stacks of a synthesised cloud assembly, in an account and region that are prepared.

    Raises:
        CdkError: a stack failed, or the command line did.
    """
    _run(aws, account, region, "deploy", *stacks, "--app", str(assembly), *_DEPLOY)


def destroy(aws: EmbeddedAws, assembly: Path, stacks: Sequence[str], account: str, region: str) -> None:
    """Run `cdk destroy` for stacks of a synthesised cloud assembly.

    Raises:
        CdkError: a stack failed, or the command line did.
    """
    _run(aws, account, region, "destroy", *stacks, "--app", str(assembly), "--force", "--exclusively")


# A change set would be made, waited for and executed: `direct` is one call. Dependencies are for the caller to name.
_DEPLOY = ("--require-approval", "never", "--method", "direct", "--progress", "events", "--exclusively")
_QUIET = ("--no-notices", "--no-color", "--no-version-reporting", "--ci")
_QUIET_TOO = {"CDK_DISABLE_CLI_TELEMETRY": "true", "CDK_DISABLE_VERSION_CHECK": "true", "NODE_NO_WARNINGS": "1"}


def _run(aws: EmbeddedAws, account: str, region: str, *arguments: str) -> None:
    if not _CDK.exists():
        raise CdkError(f"There is no CDK command line at {_CDK}: run `npm ci`.")
    try:
        done = subprocess.run(
            [str(_CDK), *arguments, *_QUIET],
            env={**aws.environment(account, region), **_QUIET_TOO},
            cwd=aws.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CdkError(f"`cdk {arguments[0]}` did not end within {_SECONDS:.0f} seconds.") from None
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-_LAST_LINES:])
        raise CdkError(f"`cdk {arguments[0]}` failed with {done.returncode}:\n{last}")
