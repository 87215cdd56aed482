"""The command ``rootwatch``: its commands and how they end.

Exit codes: 0 done; 1 the answer is no (a demo whose alerts differ, say); 2 bad input, said in one sentence.
"""

import click

from rootwatch_cli.demo import demo
from rootwatch_cli.explain import explain


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="rootwatch", message="%(prog)s %(version)s")
def main() -> None:
    """Tells a security team, within seconds and once, that somebody used the root user of any of their AWS accounts."""


main.add_command(demo)
main.add_command(explain)
