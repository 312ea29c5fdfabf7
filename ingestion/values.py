"""Single values: how text from an API becomes exactly its declared type, or is refused.

APIs send numbers, dates and flags as text, and users type nonsense into them. A value
that is not of its type is refused with a reason; it never becomes another number.
"""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

import orjson
import pyarrow as pa

from ingestion.warehouse import decimal_size

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
# Epoch milliseconds since 1973; fewer digits could as well be seconds.
_EPOCH_MS = re.compile(r"-?\d{11,14}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BIGINT = 2**63
# Python's own context rounds to 28 digits, less than the warehouse keeps.
_WIDE = Context(prec=60)
_BOOLS = {"true": True, "false": False}


class BadValueError(ValueError):
    """A value does not fit its declared type; the message is the quarantine reason."""


def text_value(value: object) -> str:
    """Read text; numbers and flags are written out, structures are refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    message = "not text"
    raise BadValueError(message)


def decimal_value(value: object, precision: int = 38, scale: int = 9) -> Decimal:
    """Read a decimal number exactly as written.

    Digits beyond the scale are rounded half-even (they are below any currency's
    smallest unit); a number with too many digits before the point is refused.
    """
    number = _number(value)
    _check_size(number, precision, scale)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > scale:
        number = number.quantize(Decimal((0, (1,), -scale)), context=_WIDE)
        _check_size(number, precision, scale)
    return number if number else Decimal(0)


def _check_size(number: Decimal, precision: int, scale: int) -> None:
    if not number.is_finite() or (number and number.adjusted() >= precision - scale):
        message = f"does not fit decimal({precision},{scale})"
        raise BadValueError(message)


def _number(value: object) -> Decimal:
    if isinstance(value, bool):
        message = "not a number"
        raise BadValueError(message)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        value = repr(value)
    text = value.strip() if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text):
        message = "not a number"
        raise BadValueError(message)
    return Decimal(text)


def bigint_value(value: object) -> int:
    """Read a whole number of 64 bits; `25.0` is one, `25.5` is not."""
    number = _number(value)
    if number.adjusted() > 18 or not -_BIGINT <= number < _BIGINT:
        message = "does not fit 64 bits"
        raise BadValueError(message)
    whole = int(number)
    if whole != number:
        message = "not a whole number"
        raise BadValueError(message)
    return whole


def double_value(value: object) -> float:
    """Read a finite floating-point number."""
    number = float(_number(value))
    if not math.isfinite(number):
        message = "not a finite number"
        raise BadValueError(message)
    return number


def bool_value(value: object) -> bool:
    """Read a flag, `true` or `false` in any case."""
    if isinstance(value, bool):
        return value
    flag = _BOOLS.get(value.strip().lower()) if isinstance(value, str) else None
    if flag is None:
        message = "neither true nor false"
        raise BadValueError(message)
    return flag


def timestamp_value(value: object) -> datetime:
    """Read an instant: ISO 8601 (without a zone: UTC; a day: its midnight) or epoch ms."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    text = str(value).strip() if isinstance(value, str | int) else ""
    try:
        if _EPOCH_MS.fullmatch(text):
            return _EPOCH + timedelta(milliseconds=int(text))
        # Python also reads 20261118 and 2026-W47; vendors send neither.
        if len(text) < 10 or text[4] != "-" or text[7] != "-":
            raise ValueError
        instant = datetime.fromisoformat(text)
        return (
            instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
        )
    except (ValueError, OverflowError):
        message = "neither an ISO 8601 instant nor epoch milliseconds"
        raise BadValueError(message) from None


def date_value(value: object) -> date:
    """Read a calendar day: ISO 8601 or epoch ms at midnight UTC."""
    return timestamp_value(value).date()


def json_value(value: object) -> str:
    """Write a structure as canonical JSON text."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(value, option=options, default=str).decode()
    except TypeError:
        # Half of a character, or a number of more than 64 bits.
        return _odd_json(value)


def _odd_json(value: object) -> str:
    try:
        text = json.dumps(
            value,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
            sort_keys=True,
            default=str,
        )
    except (TypeError, ValueError):
        message = "not JSON"
        raise BadValueError(message) from None
    return text.encode(errors="replace").decode()


_READERS: dict[str, tuple[Callable[[Any], Any], pa.DataType]] = {
    "text": (text_value, pa.string()),
    "bigint": (bigint_value, pa.int64()),
    "double": (double_value, pa.float64()),
    "bool": (bool_value, pa.bool_()),
    "date": (date_value, pa.date32()),
    "timestamp": (timestamp_value, pa.timestamp("us", "UTC")),
    "json": (json_value, pa.string()),
}


def stored_text(value: object, declared: str) -> str:
    """Return the value as DuckDB casts it to text, once it is of its declared type."""
    if declared == "text" and isinstance(value, str):
        return value
    typed = value_reader(declared)[0](value)
    if isinstance(typed, bool):
        return "true" if typed else "false"
    if isinstance(typed, datetime):
        text = typed.strftime("%Y-%m-%d %H:%M:%S")
        fraction = f"{typed.microsecond:06d}".rstrip("0")
        return f"{text}.{fraction}+00" if fraction else f"{text}+00"
    if size := decimal_size(declared):
        return f"{typed:.{size[1]}f}"
    return str(typed)


def spelled_array(values: list[Any], arrow_type: pa.DataType) -> pa.Array:
    """Return values that were read as an Arrow array."""
    try:
        return pa.array(values, arrow_type)
    except UnicodeEncodeError:
        # Half of an emoji, cut by a field's length limit, is no Unicode text.
        whole = [v and v.encode("utf-8", "replace").decode() for v in values]
        return pa.array(whole, arrow_type)


def value_reader(declared: str) -> tuple[Callable[[Any], Any], pa.DataType]:
    """Return what reads a value of a declared type, and the Arrow type."""
    if size := decimal_size(declared):
        return lambda value: decimal_value(value, *size), pa.decimal128(*size)
    return _READERS[declared]
