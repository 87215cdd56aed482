"""Which lines a replay prints, for what was asked."""

from collections.abc import Iterable, Iterator

from rootwatch.core.settings import Settings
from rootwatch_cli.replaying.lines import incident_line, message_lines
from rootwatch_cli.replaying.replay import Replayed
from rootwatch_cli.replaying.story import Story
from rootwatch_cli.replaying.text import incidents, notices, summary, whole_story
from rootwatch_cli.settings_file import BadInputError


def text(replayed: Replayed, settings: Settings, *, with_list: bool) -> Iterator[str]:
    """The figures, and the incidents."""
    yield from summary(replayed)
    if with_list and len(replayed.book):
        yield ""
        yield from incidents(replayed.book, settings)


def text_of_one(story: Story, settings: Settings, *, with_notices: bool) -> Iterator[str]:
    """One incident's story."""
    yield from whole_story(story, settings)
    if with_notices:
        yield ""
        yield from notices(story, settings)


def text_of_notices(stories: Iterable[Story], settings: Settings) -> Iterator[str]:
    """Every notice of every incident."""
    for story in stories:
        yield from incidents([story], settings)
        yield from notices(story, settings)


def jsonl(stories: Iterable[Story], settings: Settings, *, with_notices: bool) -> Iterator[str]:
    """An object an incident; or an object a message."""
    for story in stories:
        found = message_lines(story, settings) if with_notices else [incident_line(story, settings)]
        yield from (line.decode() for line in found)


def the_one(replayed: Replayed, name: str) -> Story:
    """The incident whose id begins so. Raises BadInputError if there is none, or more than one."""
    found = replayed.book.find(name)
    if len(found) != 1:
        raise BadInputError(
            f"{len(found)} incidents have an id that begins with {name}: write more of it."
            if found
            else f"No incident has an id that begins with {name}."
        )
    return found[0]
