"""The report page as a file: it holds everything, runs nothing that a record says, and is the same each time."""

import base64
import gzip
import hashlib
import json
import re

import pytest

from rootwatch_cli.report.page import page
from rootwatch_cli.settings_file import BadInputError
from tests.support.records import ACCOUNT, after, body, record, settings, sign_in_body
from tests.support.replayed import replayed, the_ninety_days

HOSTILE = "</script><script>window.hacked=1</script><!-- <img src=x onerror=window.hacked=1>"


def page_of(replay):
    return b"".join(page(replay, settings())).decode()


@pytest.fixture(scope="module")
def ninety():
    return the_ninety_days()


@pytest.fixture(scope="module")
def html(ninety):
    return page_of(ninety)


def data_of(html):
    [text] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    return json.loads(text)


def chunks_of(html):
    found = re.findall(r'<script type="text/plain" id="chunk-\d+">([^<]*)</script>', html)
    return [json.loads(gzip.decompress(base64.b64decode(one))) for one in found]


def test_the_figures_are_those_of_the_replay(ninety, html):
    data, figures = data_of(html), ninety.figures
    assert (data["incidents"], data["pages"], data["planned"]) == (107, 66, 3)
    assert (data["incidents"], data["pages"], data["watch"]) == (figures.incidents, figures.pages, figures.watch)
    assert data["at_night"] == figures.at_night.total() == sum(row["night"] for row in data["rows"])
    assert sum(row["pages"] for row in data["rows"]) == sum(row["pages"] for row in data["accounts"]) == 66
    assert len(data["rows"]) == 107


def test_every_incident_has_its_story_and_every_message(ninety, html):
    stories = [story for chunk in chunks_of(html) for story in chunk]
    assert len(stories) == 107
    assert sum(len(told["shown"]) for story in stories for told in story["told"]) == ninety.figures.notices.total()
    assert sum(told["page"] for story in stories for told in story["told"]) == 66


def test_windows_are_shaded_for_as_long_as_they_were_open(html):
    windows = {(w["account"], w["ticket"], w["start"], w["until"]) for w in data_of(html)["windows"]}
    assert ("777788889999", "SEC-142", "2026-09-09T13:50:00Z", "2026-09-09T14:40:00Z") in windows
    assert len(windows) == 4


def test_sign_ins_are_counted_by_country_and_mfa(html):
    brazil = next(row for row in data_of(html)["countries"] if row["country"] == "BR")
    assert (brazil["yes"], brazil["no"], brazil["unknown"], brazil["failed"]) == (0, 1, 0, 9)


def test_the_same_replay_gives_the_same_bytes(html):
    assert page_of(the_ninety_days()) == html


def test_only_this_script_and_this_style_may_run_and_nothing_may_be_fetched(html):
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    script, style = (
        re.search(r"<script>(.*?)</script>", html, re.DOTALL),
        re.search(r"<style>(.*?)</style>", html, re.DOTALL),
    )
    for found, what in ((script, "script-src"), (style, "style-src")):
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{what} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src" not in policy
    assert not re.search(r"""\b(?:src|href|srcset|action)\s*=\s*["']?(?:https?:)?//""", html)
    assert not re.search(r"url\(|@import|innerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", html)


def test_nothing_that_a_record_says_can_end_its_block():
    hostile = [
        record(sign_in_body(userAgent=HOSTILE, sourceIPAddress=HOSTILE)),
        record(body(HOSTILE, after(1), awsRegion=HOSTILE, errorCode=HOSTILE)),
    ]
    html = page_of(replayed(*hostile, names={ACCOUNT: HOSTILE}))
    assert html.count("</script>") == len(re.findall(r"<script(?: type=\S+ id=\S+)?>", html))
    assert "hacked" in json.dumps(data_of(html)), "it is there, as data"
    assert "<img" not in html
    assert html.count("<!--") == 0


def test_a_replay_of_nothing_is_a_page_too():
    data = data_of(page_of(replayed()))
    assert (data["first"], data["rows"], data["windows"]) == (None, [], [])


def test_a_file_that_cannot_be_written_is_bad_input(tmp_path):
    from rootwatch_cli.report.page import write_page

    with pytest.raises(BadInputError, match=r"report\.html can't be written: "):
        write_page(tmp_path / "nowhere" / "report.html", replayed(), settings())
