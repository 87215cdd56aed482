"""Which test runs each command that the pages show. A command that stands on a page and not here fails
tests/unit/docs/test_the_commands_shown.py; so does one that stands here and on no page.

What docs/deploy.md and docs/quick-start.md mark as run, their own tests type word for word, and need no entry.
"""

from typing import Final, Literal, NamedTuple

Who = Literal["hub", "management", "ana", "ben"]


class Run(NamedTuple):
    """A command, with whose credentials it is run, and how it may end. ``after``: what is undone then.

    ``in_order``: whether what is shown always comes in that order.
    """

    command: str
    who: Who = "hub"
    codes: tuple[int, ...] = (0,)
    after: str = ""
    in_order: bool = True


# Without AWS, by the test that counts them: in a folder with the log files of ninety days.
ALONE: Final = (
    "python -m docs.cost --accounts 120 --regions 17 --trail existing --activity small",
    "rootwatch explain record.json",
    "rootwatch replay AWSLogs --settings cdk.json --html report.html",
    "rootwatch replay AWSLogs --settings settings.json --accounts accounts.json",
    "rootwatch replay AWSLogs --settings settings.json --accounts accounts.json --incident 333344445555-ad971ba3a738",
    "rootwatch scan trail --since 2026-10-18T03:07Z --until 2026-10-18T03:25Z",
    "rootwatch scan trail --since 2026-10-18T03:12Z --until 2026-10-18T03:13Z --format jsonl",
)

# The same, with Athena's statements run on DuckDB.
ATHENA: Final = (
    "rootwatch scan --athena s3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/ --since 90d",
    (
        "rootwatch scan --athena --run --results s3://amzn-s3-demo-results/ "
        "s3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/ --since 90d --format jsonl"
    ),
)

# On the deployed organisation, each by itself: tests/integration/test_the_commands_shown.py.
DEPLOYED: Final = (
    Run("rootwatch scan s3://your-trail-bucket --since 90d --settings cdk.json"),
    Run("rootwatch doctor --preflight --profile management", codes=(0, 1)),
    Run("rootwatch doctor --preflight", "management", (0, 1)),
    Run("rootwatch doctor", codes=(0, 1)),
    Run("rootwatch test-alert", in_order=False),  # each channel is shown when it has answered
    Run("rootwatch subscribe security@example.com"),
    Run("rootwatch posture", codes=(1,)),
    Run("rootwatch posture --framework cis-5.0", codes=(1,)),
    Run("rootwatch posture --live --settings settings.json", "management", (1,)),
    Run(
        "aws organizations attach-policy --target-id 777788889999 --policy-id $(aws organizations list-policies "
        "--filter SERVICE_CONTROL_POLICY --query \"Policies[?Name=='rootwatch-quarantine-root'].Id\" --output text)",
        "management",
        after="aws organizations detach-policy --target-id 777788889999 --policy-id $(aws organizations list-policies "
        "--filter SERVICE_CONTROL_POLICY --query \"Policies[?Name=='rootwatch-quarantine-root'].Id\" --output text)",
    ),
    Run(
        "aws organizations tag-resource --resource-id 123456789012 "
        '--tags "Key=break-glass,Value=until=2026-11-24T18:00Z ticket=SEC-142 by=ana@example.com"',
        "management",
        after="aws organizations untag-resource --resource-id 123456789012 --tag-keys break-glass",
    ),
    Run(
        "aws organizations enable-aws-service-access --service-principal cloudtrail.amazonaws.com",
        "management",
    ),
)

# There too, one after the other: a window from its opening to its ledger.
STORY: Final = (
    Run("rootwatch break-glass open sandbox-ana --for 2h --ticket SEC-142 --covers mfa", "ana"),
    Run("rootwatch break-glass approve sandbox-ana --ticket SEC-142", "ben"),
    Run("rootwatch break-glass check sandbox-ana", "ben"),
    Run("rootwatch break-glass list", "ben"),
    Run("rootwatch incidents list", "ben"),
    Run("rootwatch incidents show 210987654321-7e8bea6efb75", "ben"),
)

# By a test that has more to say of it, in its own words.
ELSEWHERE: Final = {
    "make demo": "tests/integration/test_the_demo.py::"
    "test_two_demos_side_by_side_each_receive_exactly_what_was_expected",
    "make bench": "tests/unit/bench/test_report.py::test_make_bench_ends_as_the_promises_do",
    "make bench SIZE=1/10": "tests/unit/bench/test_answers.py::test_a_contender_answers_rightly_on_a_small_archive",
    "make bench REPORT_ONLY=1": "tests/unit/bench/test_report.py::test_make_bench_ends_as_the_promises_do",
    "make bench-page": "tests/unit/bench/test_report.py::test_the_last_full_run_is_what_the_page_tells",
    "make chaos": "tests/chaos/test_simulator.py::test_the_bars_hold_over_real_sockets",
    "make chaos N=1000 SEED=7": "tests/chaos/test_simulator.py::"
    "test_the_bars_hold_under_faults_crashes_and_wrong_clocks",
    "make fuzz SECONDS=600": "tests/fuzz/test_corpus.py::test_what_the_fuzzer_kept_breaks_nothing",
    # The embedded SQS has no such call.
    "aws sqs start-message-move-task --source-arn arn:aws:sqs:eu-central-1:444455556666:rootwatch-records-dead": (
        "tests/unit/docs/test_the_commands_shown.py::test_sqs_knows_the_redrive_that_is_shown"
    ),
    "aws organizations update-policy --profile management --name rootwatch-quarantine-root-old --policy-id "
    "$(aws organizations list-policies --profile management --filter SERVICE_CONTROL_POLICY --query "
    "\"Policies[?Name=='rootwatch-quarantine-root'].Id\" --output text)": "tests/integration/test_the_containment.py::"
    "test_the_guide_s_command_frees_the_name_for_another_deployment_and_the_lock_holds",
}

# By no test, with the reason.
NOT_RUN: Final = {
    "cdk deploy rootwatch-hub --revert-drift --profile hub": "the embedded CloudFormation knows no drift",
    (
        "aws cloudformation delete-stack-instances --stack-set-name rootwatch-members --profile management "
        "--deployment-targets Accounts=123456789012,OrganizationalUnitIds=r-a1b2,AccountFilterType=INTERSECTION "
        "--regions us-east-1 --no-retain-stacks"
    ): "the embedded StackSets take whole units alone",
    (
        "aws cloudformation create-stack-instances --stack-set-name rootwatch-members --profile management "
        "--deployment-targets Accounts=123456789012,OrganizationalUnitIds=r-a1b2,AccountFilterType=INTERSECTION "
        "--regions us-east-1"
    ): "the embedded StackSets take whole units alone",
    (
        "aws cloudtrail lookup-events --region us-east-1 --output json --lookup-attributes "
        "AttributeKey=EventId,AttributeValue=5f0c1e2d-0000-4000-8000-000000000022 > record.json"
    ): "the embedded CloudTrail keeps no event history",
    (
        "backup=$(aws dynamodb list-backups --backup-type SYSTEM --output text "
        "--query \"sort_by(BackupSummaries[?TableName=='$table'], &BackupCreationDateTime)[-1].BackupArn\")"
    ): "the embedded DynamoDB makes no backup of what is deleted",
    'aws dynamodb restore-table-from-backup --backup-arn "$backup" --target-table-name "$table"': (
        "the embedded DynamoDB makes no backup of what is deleted"
    ),
    "make setup": "it needs the Internet, and whoever runs the tests has run it",
    "make chaos-page": "it puts the figures of a long run on a page, and `make docs` is checked",
}
