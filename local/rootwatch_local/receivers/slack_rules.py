"""What Slack takes and what it refuses, with its own error codes and sentences.

Sources: the reference pages of Block Kit's blocks and text objects, `chat.postMessage` and `chat.update` at
docs.slack.dev. Of the block types that messages may have, those are known here that an alert has a use for; any other
is refused, so that one who needs it adds its rules first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

MAX_BLOCKS: Final = 50
MAX_TEXT: Final = 40_000
# Slack publishes no limit of the whole: messages of 9,600 characters were seen to pass, and of 11,300 to be refused.
MAX_ALL_BLOCKS: Final = 9_600
MAX_BLOCK_ID: Final = 255
TEXT_PROPERTIES: Final = {"mrkdwn": {"type", "text", "verbatim"}, "plain_text": {"type", "text", "emoji"}}
BLOCK_PROPERTIES: Final = {
    "header": {"text"},
    "section": {"text", "fields", "accessory", "expand"},
    "context": {"elements"},
    "divider": set[str](),
    "image": {"image_url", "alt_text", "title"},
    "actions": {"elements"},
}
_PING = re.compile(r"<!(?:channel|here|everyone|subteam\^\w+)(?:\|[^>]*)?>|<@[UW]\w+(?:\|[^>]*)?>")
_BARE_PING = re.compile(r"(?<![\w.])@(?:channel|here|everyone)\b")


class SlackError(Exception):
    """Slack's `error` code, with the sentences of its `errors`."""

    def __init__(self, code: str, messages: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)


def check(payload: Mapping[str, object]) -> None:
    """Raise SlackError for a message that Slack would not take."""
    text, blocks = payload.get("text"), payload.get("blocks")
    if not isinstance(text, str | None):
        raise SlackError("invalid_arguments", ["must provide a string [json-pointer:/text]"])
    if not text and not blocks:
        raise SlackError("no_text")
    if text and len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    if payload.get("attachments"):
        raise SlackError("invalid_attachments", ["attachments are legacy: this receiver takes blocks alone"])
    if blocks is None:
        return
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    faults = list(_faults_of_blocks(blocks))
    if faults:
        raise SlackError("invalid_blocks", faults)
    if sum(map(len, _texts(blocks))) > MAX_ALL_BLOCKS:
        raise SlackError("msg_blocks_too_long")


def pings_in(payload: Mapping[str, object]) -> tuple[str, ...]:
    """The control sequences that make somebody's telephone ring, such as `<!channel>` and `<@U012AB3CD>`."""
    texts = [text for text in (payload.get("text"),) if isinstance(text, str)]
    texts.extend(_texts(payload.get("blocks"), mrkdwn_only=True))
    patterns = [_PING]
    if payload.get("link_names") or payload.get("parse") == "full":
        patterns.append(_BARE_PING)
    return tuple(found for text in texts for pattern in patterns for found in pattern.findall(text))


def _texts(node: object, *, mrkdwn_only: bool = False) -> Iterator[str]:
    """Every text object's text. Plain text pings nobody."""
    if isinstance(node, list):
        for item in node:
            yield from _texts(item, mrkdwn_only=mrkdwn_only)
    elif isinstance(node, dict):
        text = node.get("text")
        if isinstance(text, str) and not (mrkdwn_only and node.get("type") == "plain_text"):
            yield text
        for value in node.values():
            yield from _texts(value, mrkdwn_only=mrkdwn_only)


def _faults_of_blocks(blocks: Sequence[Mapping[str, object]]) -> Iterator[str]:
    yield from _faults_of_count(len(blocks), MAX_BLOCKS, "/blocks", least=0)
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    for number, block in enumerate(blocks):
        at, kind, block_id = f"/blocks/{number}", block.get("type"), block.get("block_id")
        if not isinstance(kind, str) or kind not in BLOCK_PROPERTIES:
            yield f"unsupported type: {kind} [json-pointer:{at}/type]"
            continue
        for name in block.keys() - BLOCK_PROPERTIES[kind] - {"type", "block_id"}:
            yield f"invalid additional property: {name} [json-pointer:{at}]"
        if "block_id" in block:
            yield from _faults_of_string(block_id, MAX_BLOCK_ID, f"{at}/block_id")
            if ids.count(block_id) > 1:
                yield f"`block_id` already exists [json-pointer:{at}/block_id]"
        yield from _faults_of_block(kind, block, at)


def _faults_of_block(kind: str, block: Mapping[str, object], at: str) -> Iterator[str]:
    match kind:
        case "header":
            yield from _faults_of_text(block.get("text"), 150, f"{at}/text", kinds=("plain_text",))
        case "section":
            yield from _faults_of_section(block, at)
        case "context":
            yield from _faults_of_context(block.get("elements"), f"{at}/elements")
        case "actions":
            yield from _faults_of_list(block.get("elements"), 25, f"{at}/elements")
        case "image":
            yield from _faults_of_string(block.get("image_url"), 3_000, f"{at}/image_url")
            yield from _faults_of_string(block.get("alt_text"), 2_000, f"{at}/alt_text")
            if "title" in block:
                yield from _faults_of_text(block["title"], 2_000, f"{at}/title", kinds=("plain_text",))


def _faults_of_section(block: Mapping[str, object], at: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"missing required field: text [json-pointer:{at}]"
    if "text" in block:
        yield from _faults_of_text(block["text"], 3_000, f"{at}/text")
    if "fields" in block:
        fields = block["fields"]
        yield from _faults_of_list(fields, 10, f"{at}/fields")
        for number, item in enumerate(fields if isinstance(fields, list) else ()):
            yield from _faults_of_text(item, 2_000, f"{at}/fields/{number}")


def _faults_of_context(elements: object, at: str) -> Iterator[str]:
    yield from _faults_of_list(elements, 10, at)
    for number, item in enumerate(elements if isinstance(elements, list) else ()):
        if isinstance(item, dict) and item.get("type") == "image":
            yield from _faults_of_string(item.get("image_url"), 3_000, f"{at}/{number}/image_url")
            yield from _faults_of_string(item.get("alt_text"), 2_000, f"{at}/{number}/alt_text")
        else:
            yield from _faults_of_text(item, 3_000, f"{at}/{number}")


def _faults_of_text(
    value: object, most: int, at: str, kinds: Sequence[str] = ("mrkdwn", "plain_text")
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"must provide an object [json-pointer:{at}]"
        return
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in kinds:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    for name in value.keys() - TEXT_PROPERTIES[kind]:
        yield f"invalid additional property: {name} [json-pointer:{at}]"
    yield from _faults_of_string(value.get("text"), most, f"{at}/text")


def _faults_of_string(value: object, most: int, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"must provide a string [json-pointer:{at}]"
    elif not value:
        yield f"must be more than 0 characters [json-pointer:{at}]"
    elif len(value) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"


def _faults_of_list(value: object, most: int, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"must provide an array [json-pointer:{at}]"
    else:
        yield from _faults_of_count(len(value), most, at)


def _faults_of_count(count: int, most: int, at: str, least: int = 1) -> Iterator[str]:
    if count > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    elif count < least:
        yield f"no fewer than {least} items allowed [json-pointer:{at}]"
