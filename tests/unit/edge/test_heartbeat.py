"""The switch outside of AWS is pressed only while all is well; no failure raises, and its address is in no log."""

import io
import itertools
from datetime import timedelta

import boto3
import pytest
import requests
from aws_lambda_powertools import Logger, Metrics
from botocore.stub import ANY, Stubber

from rootwatch.core.health import Health
from rootwatch.core.ports import StoreDownError
from rootwatch.edge.heartbeat import Heartbeat
from rootwatch.edge.secrets import SecretError
from tests.support.records import NOON

URL = "https://heartbeat.example.com/ping/0123456789"
WELL = Health(since=NOON, ran_at=NOON, heard_at=NOON, trail_at=NOON)
_numbers = itertools.count()


class Table:
    """What coverage left in the table."""

    def __init__(self):
        self.found, self.unsent = WELL, None

    def health(self):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def oldest_unsent(self, now):
        return self.unsent


class Secrets:
    def __init__(self, url):
        self.url = url

    def field(self, name, *fields):
        if isinstance(self.url, Exception):
            raise self.url
        return "url", self.url


class Http:
    """Answers with a status, or does not."""

    def __init__(self):
        self.status, self.asked = 200, []

    def get(self, url, *, timeout, allow_redirects):
        assert not allow_redirects
        self.asked.append(url)
        if isinstance(self.status, Exception):
            raise self.status
        answer = requests.Response()
        answer.status_code = self.status
        return answer


class Beat:
    def __init__(self, url=URL, age=None, error=""):
        self.table, self.http, self.log = Table(), Http(), io.StringIO()
        self.cloudwatch = boto3.client("cloudwatch", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.stub = Stubber(self.cloudwatch)
        expected = dict.fromkeys(("StartTime", "EndTime", "ScanBy", "MetricDataQueries"), ANY)
        if error:
            self.stub.add_client_error("get_metric_data", error)
        else:
            values = [] if age is None else [float(age), 1.0]
            self.stub.add_response(
                "get_metric_data", {"MetricDataResults": [{"Id": "age0", "Values": values}]}, expected
            )
        self.stub.activate()
        self.heartbeat = Heartbeat(
            table=self.table,
            cloudwatch=self.cloudwatch,
            queues=["rootwatch-records"],
            secrets=Secrets(url),
            secret="rootwatch/heartbeat",
            http=self.http,
            now=lambda: NOON,
            logger=Logger(service=f"heartbeat-{next(_numbers)}", stream=self.log),
            metrics=Metrics(namespace="test", service="test"),
        )

    def beat(self):
        return self.heartbeat.beat()


def test_while_all_is_well_the_switch_is_pressed():
    one = Beat(age=30)
    assert one.beat()
    assert one.http.asked == [URL]
    assert one.log.getvalue() == ""


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda one: setattr(one.table, "found", None), "coverage never ran"),
        (lambda one: setattr(one.table, "found", StoreDownError("down")), "the table does not answer"),
        (lambda one: setattr(one.table, "found", RuntimeError("a fault of ours")), "it could not be found out"),
        (lambda one: setattr(one.table, "unsent", NOON - timedelta(minutes=20)), "a message is unsent since"),
    ],
)
def test_whatever_is_bad_it_is_not_pressed_and_the_log_says_what(spoil, words):
    one = Beat()
    spoil(one)
    assert not one.beat()
    assert one.http.asked == []
    assert words in one.log.getvalue()


def test_old_records_in_the_queue_and_an_unknown_age_hold_it_back():
    for one, words in ((Beat(age=900), "waits in the queue for 15 minutes"), (Beat(error="AccessDenied"), "not known")):
        assert not one.beat()
        assert one.http.asked == []
        assert words in one.log.getvalue()


@pytest.mark.parametrize("status", [302, 404, 500, requests.ConnectionError(URL), requests.Timeout(URL)])
def test_a_switch_that_does_not_answer_is_logged_without_its_address(status):
    one = Beat()
    one.http.status = status
    assert not one.beat()
    assert "the heartbeat did not arrive" in one.log.getvalue()
    assert "0123456789" not in one.log.getvalue()


@pytest.mark.parametrize(
    "url",
    [
        "http://heartbeat.example.com/ping",
        "ftp://example.com",
        "file:///etc/passwd",
        "",
        "https://",
        "http://127.0.0.1.example.com/",
    ],
)
def test_only_https_and_this_machine_are_called(url):
    one = Beat(url=url)
    assert not one.beat()
    assert one.http.asked == []
    assert "holds no https address" in one.log.getvalue()


def test_loopback_is_for_the_demo():
    one = Beat(url="http://127.0.0.1:8099/ping")
    assert one.beat()


def test_a_secret_that_cannot_be_read_is_said():
    one = Beat(url=SecretError("the secret rootwatch/heartbeat can't be read (AccessDenied)"))
    assert not one.beat()
    assert "can't be read" in one.log.getvalue()
