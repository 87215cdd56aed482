"""The CDK application: ``cdk deploy --all``. It calls no AWS."""

import sys
import tempfile
from pathlib import Path

from aws_cdk import App

from rootwatch.catalogue import CatalogueError
from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import SettingsError
from stacks.asset import AssetError, Target, build_asset
from stacks.compose import add_stacks
from stacks.context import read_settings, read_target
from stacks.manifest import manifest
from stacks.plain import NotKnownError

CACHE = Path(__file__).resolve().parent / ".cache"


def main() -> int:
    """Writes the cloud assembly; returns the exit code: 2 where the settings or the asset are not as they must be."""
    context = dict(App(auto_synth=False).node.get_all_context())
    try:
        _synthesize(read_settings(context), read_target(context))
    except (SettingsError, CatalogueError, AssetError, NotKnownError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _synthesize(settings: Settings, target: Target) -> None:
    # CloudFormation's own rules take two seconds: for what goes to AWS.
    app = App(analytics_reporting=False, builtin_cloud_formation_validation=target == "deploy")
    with tempfile.TemporaryDirectory() as folder:
        asset = build_asset(
            target=target,
            settings_json=settings.to_json(),
            manifest_json=manifest(settings).to_json(),
            cache=CACHE,
            out=Path(folder, "lambda"),
        )
        add_stacks(app, settings=settings, asset=asset)
        app.synth()


if __name__ == "__main__":
    sys.exit(main())
