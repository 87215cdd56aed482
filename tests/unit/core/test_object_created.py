"""What S3 tells of a new object, in whatever shape it comes: read, or refused with a reason, and never an error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.object_created import NoObject, ObjectCreated, read_object_created
from tests.support.log_files import BUCKET, object_created

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def test_an_event_names_bucket_key_and_version():
    read = read_object_created(object_created("AWSLogs/a b+c%20.gz", version="v1"))
    assert read == ObjectCreated(bucket=BUCKET, key="AWSLogs/a b+c%20.gz", version="v1"), "to the letter"


def test_a_bucket_without_versions_has_none():
    assert read_object_created(object_created("key")) == ObjectCreated(bucket=BUCKET, key="key", version=None)


def test_the_test_event_of_s3_is_known_as_that():
    message = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET})
    assert read_object_created(message) == NoObject("S3 tests its notifications", is_test=True)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "not JSON",
        "[" * 100_000,
        "null",
        "[]",
        object_created("key", source="aws.partner/example"),
        object_created("key", source="com.example"),
        object_created("key", detail={"bucket": {"name": BUCKET}}),
        object_created("key", detail={"bucket": BUCKET, "object": "key"}),
        object_created("k" * 1025),
        object_created(""),
    ],
    ids=[
        "empty",
        "no JSON",
        "deep",
        "null",
        "a list",
        "a partner's",
        "a customer's",
        "no key",
        "texts",
        "long",
        "no name",
    ],
)
def test_what_names_no_object_is_refused(message):
    read = read_object_created(message)
    assert isinstance(read, NoObject)
    assert not read.is_test


@given(JSON, st.sampled_from(["detail", "source", "Event", "other"]))
def test_no_shape_of_message_raises(value, name):
    for message in (json.dumps(value), json.dumps({"source": "aws.s3", name: value})):
        assert isinstance(read_object_created(message), NoObject)
