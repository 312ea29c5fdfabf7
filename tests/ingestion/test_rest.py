"""An HTTP answer is data, or is asked for again; what is odd but readable is read."""

import math

import pytest
from requests import Response

from ingestion.rest import _parsed


def answer(body: bytes) -> Response:
    """Return a response with this body."""
    response = Response()
    response.status_code = 200
    response._content = body
    return response


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"results": []}', {"results": []}),
        (b'{"a\\ud83d": ["ok \\ud83d", 1]}', {"a?": ["ok ?", 1]}),
        ('{"نام": "لیلا"}'.encode(), {"نام": "لیلا"}),
    ],
    ids=["JSON", "half an emoji", "Persian"],
)
def test_an_odd_body_is_read(body, expected):
    """Else one text cut off by a length limit stops every load of the portal."""
    assert _parsed(answer(body)) == expected


def test_nan_is_read_and_left_to_the_columns_to_refuse():
    """Else one NaN in a statistic stops every load of the portal."""
    assert math.isnan(_parsed(answer(b'{"a": NaN}'))["a"])


@pytest.mark.parametrize(
    "body", [b"<html>502</html>", b'{"results": [{"id"', b"", b"[" * 100_000]
)
def test_what_is_not_json_is_not_data(body):
    """Else a page of a proxy, or half a page, counts as the end of the data."""
    assert _parsed(answer(body)) is None
