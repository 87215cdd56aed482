"""How a guide is executed: which blocks are found, what counts as shown, and a terminal that fails when it should."""

import os

import pytest

from tests.support.guide import Block, GuideError, Terminal, blocks, missing

PAGE = """# A guide

<!-- run: by train, by ship -->
```sh
ls
```

prose

<!-- shows -->
```text
a
…
```

- in a list:

  <!-- settings -->
  ```json
  {"a": 1}
  ```

<!-- meanwhile: it rains -->
<!-- not run: it costs money -->
```sh
buy
```
"""


def test_blocks_are_found_in_order_with_what_is_said_of_them():
    assert blocks(PAGE) == [
        Block("run", "by train, by ship", "sh", "ls\n"),
        Block("shows", "", "text", "a\n…\n"),
        Block("settings", "", "json", '{"a": 1}\n'),
        Block("meanwhile", "it rains", "", ""),
        Block("not run", "it costs money", "sh", "buy\n"),
    ]


def test_shell_commands_of_which_nothing_is_said_are_refused():
    with pytest.raises(GuideError, match="rm everything"):
        blocks("```sh\nrm everything\n```\n")


def test_a_block_is_for_the_ways_that_it_names_or_for_all():
    [run, shows, *_] = blocks(PAGE)
    assert run.is_for("by ship")
    assert not run.is_for("on foot")
    assert shows.is_for("on foot")


@pytest.mark.parametrize(
    ("shown", "absent"),
    [
        ("one\nthree", ""),
        ("  one", ""),
        ("th… is\n", "th… is"),
        ("three\none", "one"),
        ("t…e", ""),
        ("two", "two"),
        ("…", ""),
        ("one …", ""),
    ],
)
def test_what_is_shown_must_come_line_by_line_and_in_its_order(shown, absent):
    assert missing(shown, "one\n two and a half\nthree") == absent


@pytest.fixture
def terminal(tmp_path):
    answers = ((r"\(y/n\)", lambda: "y"),)
    return Terminal(tmp_path, {"PATH": os.environ["PATH"]}, answers, seconds=20)


def test_what_is_typed_is_run_in_one_shell_at_a_terminal(terminal):
    code, said = terminal.type("a=1\ntest -t 0 && test -t 1\necho $a\n")
    assert (code, said.split()) == (0, ["1"])


def test_a_question_is_answered(terminal):
    code, said = terminal.type('read -p "Go on (y/n) " answer\necho "said $answer"\n')
    assert code == 0
    assert "said y" in said


def test_the_first_failure_ends_it(terminal):
    code, said = terminal.type("echo before\nfalse\necho after\n")
    assert code == 1
    assert "after" not in said


def test_what_does_not_end_is_ended(tmp_path):
    with pytest.raises(GuideError, match="did not end within"):
        Terminal(tmp_path, {"PATH": os.environ["PATH"]}, seconds=0.3).type("read forever")


def test_what_never_falls_silent_is_ended_too(tmp_path):
    with pytest.raises(GuideError, match="did not end within"):
        Terminal(tmp_path, {"PATH": os.environ["PATH"]}, seconds=0.5).type("while :; do echo more; done")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["na", "\\xc3", "\\xaf", "ve"], "naïve"),
        (["a\\x1b", "[3", "1mb"], "ab"),
        (["a\\x1b[", "1;31", "mb\\x1b(", "Bc"], "abc"),
    ],
)
def test_a_letter_or_a_control_sequence_may_come_in_two_halves(terminal, written, read):
    _, said = terminal.type("; sleep 0.1; ".join(f"printf '{part}'" for part in written))
    assert said == read


def test_a_question_is_answered_once_wherever_its_halves_come(tmp_path):
    answers = [(r"sure\?", lambda: "yes")]
    ask = "printf 'Are you su'; sleep 0.1; printf 're? '; read one; read two <<< none; echo \"$one $two\""
    code, said = Terminal(tmp_path, {"PATH": os.environ["PATH"]}, answers, seconds=20).type(ask)
    assert code == 0
    assert said.splitlines()[-1] == "yes none"


def test_a_hundred_thousand_lines_are_read_in_seconds(tmp_path):
    _, said = Terminal(tmp_path, {"PATH": os.environ["PATH"]}, [("never asked", str)], seconds=20).type("seq 100000")
    assert said.splitlines()[-1] == "100000"
