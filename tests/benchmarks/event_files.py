"""Event files for measuring: a shop's traffic, about 1.1 kB a line, the same every time.

Every event has the context that a browser sends; 12 % carry products; 1 % are sent
twice.
"""

import gzip
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

PER_FILE = 100_000
_START = datetime(2026, 8, 1, tzinfo=UTC)
_DAYS = 100
_AGENTS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/128.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
)
_COUNTRIES = ("DE", "AT", "IR", "TR", "GB", "US")
_NAMES = ("Teekanne", "قوری", "Trinkflasche", "Leather wallet", "Kilim", "Saffron 5 g")
_CATEGORIES = ("kitchen", "home", "food", "paper")


def event_files(folder: Path, rows: int) -> Path:
    """Return a folder with that many events; it is written the first time."""
    target = folder / f"events-{rows}"
    if target.exists():
        return target
    unfinished = folder / f"unfinished-{rows}"
    unfinished.mkdir(parents=True, exist_ok=True)
    lines = _lines(rows)
    for number in range(-(-rows // PER_FILE)):
        with gzip.open(unfinished / f"{number:05d}.jsonl.gz", "wb", 6) as stream:
            for _, line in zip(range(PER_FILE), lines, strict=False):
                stream.write(line)
    return unfinished.rename(target)


def _lines(rows: int) -> Iterator[bytes]:
    rng = random.Random(7)
    repeated: dict[str, Any] | None = None
    for number in range(rows):
        at = _START + timedelta(days=_DAYS * number / rows)
        if repeated is not None and rng.random() < 0.01:
            event = {**repeated, "receivedAt": _iso(at)}
        else:
            event = _event(rng, number, rows, at)
        if rng.random() < 0.02:
            repeated = event
        yield orjson.dumps(event) + b"\n"


def _event(rng: random.Random, number: int, rows: int, at: datetime) -> dict[str, Any]:
    visitor = int(max(rows // 40, 10) * rng.random() ** 2)
    delay = timedelta(milliseconds=rng.randrange(3_000))
    skew = timedelta(seconds=rng.choice((0, 0, 0, 0, 37, -12, 3_600)))
    context = _context(rng, visitor)
    event = {
        "anonymousId": f"anon-{visitor:08x}-4c1d-8f",
        "channel": "client",
        "context": context,
        "integrations": {},
        "messageId": f"ajs-next-1795305600000-{_uuid(rng)}",
        "originalTimestamp": _iso(at - delay + skew),
        "sentAt": _iso(at + skew),
        "receivedAt": _iso(at),
        "timestamp": _iso(at - delay),
        "version": 2,
        **({"userId": f"user-{visitor}"} if visitor % 3 == 0 else {}),
    }
    country = _COUNTRIES[visitor % 6]
    kind = rng.random()
    if kind < 0.60:
        properties = {**context["page"], "country": country}
        return {**event, "type": "page", "properties": properties}
    if kind < 0.64:
        traits = {
            "email": f"user-{visitor}@example.com",
            "firstName": "مریم",
            "lastName": "Müller",
            "address": {"country": country, "city": "Berlin"},
        }
        return {**event, "type": "identify", "traits": traits}
    name, properties = _ecommerce(rng, kind, number, visitor)
    properties = {**properties, "country": country}
    return {**event, "type": "track", "event": name, "properties": properties}


def _context(rng: random.Random, visitor: int) -> dict[str, Any]:
    path = f"/shop/{_CATEGORIES[visitor % 4]}/item-{rng.randrange(400)}"
    campaign = {"name": "autumn", "source": "newsletter", "medium": "email"}
    return {
        "ip": f"203.0.113.{visitor % 250}",
        "library": {"name": "analytics.js", "version": "next-1.84.3"},
        "locale": rng.choice(("de-DE", "fa-IR", "en-GB")),
        "page": {
            "path": path,
            "referrer": "https://www.example.org/search?q=tee",
            "search": "?utm_source=news" if visitor % 5 == 0 else "",
            "title": f"{_NAMES[visitor % 6]} – Example shop",
            "url": f"https://shop.example.com{path}",
        },
        "timezone": "Europe/Berlin",
        "userAgent": _AGENTS[visitor % 3],
        "userAgentData": {
            "brands": [{"brand": "Chromium", "version": "128"}],
            "mobile": False,
            "platform": "Windows",
        },
        **({"campaign": campaign} if visitor % 5 == 0 else {}),
    }


def _ecommerce(
    rng: random.Random, kind: float, number: int, visitor: int
) -> tuple[str, dict[str, Any]]:
    if kind < 0.80:
        return "Product Viewed", {**_product(rng), "currency": "EUR", "value": 9.9}
    if kind < 0.88:
        return "Product Added", {"cart_id": f"c-{visitor}", **_product(rng)}
    products = [_product(rng) for _ in range(rng.randrange(1, 5))]
    total = round(sum(item["price"] * item["quantity"] for item in products), 2)
    checkout = {
        "checkout_id": f"k-{number}",
        "order_id": f"o-{number}",
        "currency": "EUR",
        "products": products,
    }
    if kind < 0.91:
        return "Cart Viewed", {"cart_id": f"c-{visitor}", "products": products}
    if kind < 0.95:
        return "Checkout Started", {**checkout, "value": total}
    if kind < 0.99:
        return "Order Completed", {
            **checkout,
            "affiliation": "web",
            "subtotal": total,
            "revenue": total,
            "shipping": 4.9,
            "tax": round(total * 0.19, 2),
            "discount": 0,
            "total": round(total + 4.9, 2),
            "coupon": "" if visitor % 7 else "WELCOME",
            "payment_method": "card",
        }
    return "Order Refunded", {**checkout, "total": total}


def _product(rng: random.Random) -> dict[str, Any]:
    number = rng.randrange(400)
    return {
        "product_id": f"p-{number}",
        "sku": f"SKU-{number:05d}",
        "name": _NAMES[number % 6],
        "category": _CATEGORIES[number % 4],
        "price": round(1 + number * 0.37, 2),
        "quantity": rng.randrange(1, 4),
    }


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _uuid(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
