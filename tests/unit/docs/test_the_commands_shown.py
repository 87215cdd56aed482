"""Every command that a page shows is one that the parser takes, and is run by a test."""

import json
import re
import shlex
import subprocess

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.stub import Stubber
from click.testing import CliRunner

from docs import cost, generate
from rootwatch_cli.aws import Aws
from rootwatch_cli.main import main
from stacks import names
from tests.support import ninety_days, shown_runs
from tests.support.guide import blocks
from tests.support.shown import FENCE, Shown, commands, parse, plain, simple, unlike
from tests.unit.cli.athena.test_athena import athena, bucket, folder, written  # noqa: F401 # fixtures
from tests.unit.cli.doctoring.an_organisation import SETTINGS as ORGANISATION
from tests.unit.cli.doctoring.test_connect import THEIRS, Bucket
from tests.unit.cli.test_replay import SETTINGS

ROOT = generate.ROOT
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN = [one for page in PAGES for one in commands(page, page.relative_to(ROOT).as_posix())]
INLINE = re.compile(r"(?<!`)`(rootwatch [^`]+)`(?!`)")
LANGUAGES = {"sh", "console", "text", "json", "toml", "yaml", "python", "sql"}


def ids(one: Shown) -> str:
    return f"{one.page}: {one.command[:60]}"


def of_guides() -> set[str]:
    """What the tests of the guides and of the runbook type."""
    return {
        plain(line)
        for page in ("deploy.md", "quick-start.md", "runbook.md")
        for block in blocks((ROOT / "docs" / page).read_text("utf-8"))
        if block.kind == "run"
        for line in block.body.replace("\\\n", " ").splitlines()
        if plain(line)
    }


def declared() -> dict[str, str]:
    """Every command that somebody is said to run, and who."""
    runs = {run.command: "embedded" for run in (*shown_runs.DEPLOYED, *shown_runs.STORY)}
    alone = dict.fromkeys((*shown_runs.ALONE, *shown_runs.ATHENA), "here")
    return runs | alone | shown_runs.ELSEWHERE | shown_runs.NOT_RUN


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_says_what_is_in_it(page):
    found = {fence["language"] for fence in FENCE.finditer(page.read_text("utf-8"))}
    assert found <= LANGUAGES, "a block without a language hides its commands from these tests"


@pytest.mark.parametrize("one", SHOWN, ids=ids)
def test_a_command_that_is_shown_is_run_by_a_test(one):
    assert one.command in declared() or one.command in of_guides(), (
        f"{one.page} shows `{one.command}`: say in tests/support/shown_runs.py which test runs it."
    )


def test_nothing_is_declared_that_no_page_shows():
    assert set(declared()) <= {one.command for one in SHOWN}


@pytest.mark.parametrize("test", shown_runs.ELSEWHERE.values())
def test_a_test_that_is_said_to_run_a_command_exists(test):
    path, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("one", [one for one in SHOWN if "rootwatch " in one.command], ids=ids)
def test_the_parser_takes_what_is_shown(one):
    for words in simple(one.command):
        if words[0] == "rootwatch":
            assert parse(main, words[1:]) == "", one.command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_an_option_in_a_sentence_exists(page):
    for command in INLINE.findall(page.read_text("utf-8")):
        said = parse(main, [word for word in shlex.split(command)[1:] if word not in ("…", "[…]")])
        assert "No such option" not in said, command
        assert "no command" not in said, command


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("scan trail --since 90d --format jsonl", ""),
        ("scan trail --format xml", "Invalid value for '--format'"),
        ("scan --sinse 90d", "No such option '--sinse'"),
        ("scna", "There is no command scna."),
        ("break-glass open", "Missing argument 'ACCOUNT'"),
        ("break-glass open sandbox-ana --for 2h", "Missing option '--ticket'"),
        ("incidents show 210987654321-7e8bea6efb75 more", "more is too much."),
        ("posture --live --settings no-such-file.json", ""),
    ],
)
def test_the_parser_refuses_what_is_wrong(command, says):
    assert parse(main, shlex.split(command)).startswith(says)


def test_a_command_is_found_wherever_it_stands(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\n.venv/bin/rootwatch doctor \\\n  --all   # why\n\naws s3 ls | wc -l\n```\n"
        "- in a list:\n\n  ```text\n  $ rootwatch scan -\n  out\n  …\n  ```\n"
        "<!-- begin: x -->\n\n```text\n$ make demo\n```\n\n<!-- end: x -->\n"
    )
    assert commands(page, "page.md") == [
        Shown("page.md", "rootwatch doctor --all"),
        Shown("page.md", "aws s3 ls | wc -l"),
        Shown("page.md", "rootwatch scan -", "out\n…\n"),
        Shown("page.md", "make demo", "", generated=True),
    ]
    assert simple("a=1 KEEP=1 make demo && aws s3 ls | wc -l") == [["make", "demo"], ["aws", "s3", "ls"], ["wc", "-l"]]
    assert simple("a=$(b c)") == [["b", "c"]]
    assert simple("a --id $(b -c | d)") == [["a", "--id", "…"], ["b", "-c"], ["d"]]


@pytest.mark.parametrize(
    ("shown", "said", "absent"),
    [
        ("until 2026-11-27 10:05Z, for another 2 h.", "a\nuntil 2027-01-02 11:59Z, for another 1 h 59 min.\nb", ""),
        ("one\nthree", "one\ntwo\nthree", ""),
        ("three\none", "one\nthree", "one"),
        ("took it after … s", "took it after 2.5 s", ""),
        ("the incident 210987654321-7e8bea6efb75", "the incident 210987654321-0a1b2c3d4e5f", ""),
        ("planned, low", "planned, high", "planned, low"),
    ],
)
def test_what_is_shown_is_compared_by_its_shape(shown, said, absent):
    assert unlike(shown, said) == absent


@pytest.mark.parametrize(
    "command", sorted({one.command for one in SHOWN if re.match(r"(\w+=\S+ )*make ", one.command)})
)
def test_make_knows_what_it_is_asked_for(command):
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *shlex.split(command.partition("make ")[2])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def history_folder(tmp_path_factory):
    """Where somebody stands who follows the pages: log files, settings, a record."""
    here = tmp_path_factory.mktemp("history")
    ninety_days.write(here)
    ninety_days.write(here / "trail")
    (here / "trail" / "accounts.json").unlink()
    (here / "settings.json").write_text(json.dumps(SETTINGS))
    (here / "cdk.json").write_text(json.dumps({"context": {"rootwatch": SETTINGS}}))
    (here / "record.json").write_text(json.dumps(next(iter(ninety_days.records()))))
    return here


@pytest.mark.parametrize("command", shown_runs.ALONE)
def test_what_needs_no_aws_is_run_and_puts_out_what_is_shown(command, history_folder, monkeypatch, capsys):
    monkeypatch.chdir(history_folder)
    words = shlex.split(command)
    if words[0] == "rootwatch":
        result = CliRunner(env={"COLUMNS": "80"}).invoke(main, words[1:])
        assert result.exit_code == 0, result.output
        said = [result.stdout, result.output]
    else:
        assert words[:3] == ["python", "-m", "docs.cost"]
        cost.main(words[3:])
        said = [capsys.readouterr().out]
    for one in SHOWN:
        if one.command == command and one.output:
            text, cut, _ = one.output.partition("\n… ")
            assert any(text.rstrip("\n") in whole for whole in said), one.output
            assert cut or any(one.output in whole for whole in said)


AWS = [one for one in SHOWN if any(words[0] == "aws" for words in simple(one.command))]


@pytest.mark.parametrize("one", AWS, ids=ids)
def test_the_aws_command_line_knows_what_is_shown(one):
    session = botocore.session.get_session()
    for service, name, *rest in (words[1:] for words in simple(one.command) if words[0] == "aws"):
        model = session.get_service_model(service)
        [operation] = [each for each in model.operation_names if xform_name(each, "-") == name]
        known = {xform_name(member, "-") for member in model.operation_model(operation).input_shape.members}
        asked = {re.sub("^--(no-)?", "", word) for word in rest if word.startswith("--")}
        assert asked <= known | {"profile", "region", "query", "output"}
        assert {xform_name(one, "-") for one in model.operation_model(operation).input_shape.required_members} <= asked


def test_sqs_knows_the_redrive_that_is_shown():
    [command] = [one.command for one in SHOWN if "start-message-move-task" in one.command]
    words = shlex.split(command)
    client = boto3.client("sqs", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubbed:
        stubbed.add_response("start_message_move_task", {"TaskHandle": "x"}, {"SourceArn": words[-1]})
        client.start_message_move_task(SourceArn=words[words.index("--source-arn") + 1])
    assert words[-1].rpartition(":")[2] == f"{names.QUEUE}-dead"


def test_the_bucket_s_notifications_are_connected_as_it_is_shown(tmp_path, monkeypatch):
    [shown] = [one for one in SHOWN if "--connect-bucket" in one.command and one.output]
    (tmp_path / "cdk.json").write_text(json.dumps({"context": {"rootwatch": ORGANISATION}}))
    monkeypatch.chdir(tmp_path)
    s3 = Bucket({"QueueConfigurations": THEIRS["QueueConfigurations"]})
    monkeypatch.setattr(Aws, "of", lambda profile, region: s3)
    result = CliRunner().invoke(main, shlex.split(shown.command)[1:], input="y\n")
    assert result.exit_code == 0, result.output
    assert unlike(shown.output, result.output) == ""


@pytest.mark.parametrize("command", shown_runs.ATHENA)
@pytest.mark.usefixtures("athena")
def test_what_is_asked_of_athena_is_run(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    assert ("SELECT" in result.output) != ("--run" in command)
