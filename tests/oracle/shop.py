"""The shop as its event archive tells it, read plainly and slowly."""

import gzip
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import orjson

from tests.oracle.crm import Crm
from tests.oracle.periods import Clock

# The e-commerce spec's names and, after them, those of its first version; any case.
COMPLETED = {"order completed", "completed order"}
REFUNDED = {"order refunded"}
GIFT_CARDS = {"gift_card", "gift card", "gift cards"}
SIX = Decimal("0.000001")


@dataclass(frozen=True)
class Sale:
    """An order or a refund; money in the base currency is None without a rate."""

    identity: str
    order_id: str
    country: str
    currency: str
    moment: datetime
    day: date
    hour: int
    goods: Decimal
    discount: Decimal
    total: Decimal
    units: Decimal | None
    rate: Decimal | None

    def base(self, amount: Decimal) -> Decimal:
        """Return an amount in the base currency, nothing without a rate."""
        return (
            Decimal(0)
            if self.rate is None
            else (amount * self.rate).quantize(SIX, ROUND_HALF_UP)
        )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def event_time(event: dict) -> datetime:
    """Return when something happened: the device's clock, put right."""
    received = datetime.fromisoformat(event["receivedAt"])
    sent, original = _instant(event.get("sentAt")), _instant(event.get("originalTimestamp"))  # fmt: skip
    if sent is not None and original is not None:
        moment = received - (sent - original)
    else:
        moment = _instant(event.get("timestamp")) or received
    if moment > received + timedelta(minutes=5):
        return received
    return max(moment, received - timedelta(days=30))


def _number(value: object) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


class Shop:
    """Orders and refunds."""

    def __init__(self, folder: Path, clock: Clock, crm: Crm) -> None:
        self.folder = folder
        self.clock = clock
        self.crm = crm

    @cached_property
    def events(self) -> list[dict]:
        """Every message once, as it was received first."""
        first: dict[str, dict] = {}
        for path in sorted((self.folder / "events").rglob("*.jsonl.gz")):
            for line in gzip.decompress(path.read_bytes()).splitlines():
                try:
                    event = orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue
                if not isinstance(event, dict):
                    continue
                message = event.get("messageId") or hashlib.md5(line).hexdigest()
                known = first.get(message)
                if known is None or event["receivedAt"] < known["receivedAt"]:
                    first[message] = {**event, "messageId": message}
        return list(first.values())

    def _named(self, names: set[str]) -> list[tuple[datetime, dict]]:
        found = [
            (event_time(event), event)
            for event in self.events
            if event["type"] == "track" and event["event"].strip().lower() in names
        ]
        return sorted(found, key=lambda pair: (pair[0], pair[1]["messageId"]))

    @cached_property
    def orders(self) -> dict[str, Sale]:
        """The earliest report of each order."""
        found: dict[str, Sale] = {}
        for moment, event in self._named(COMPLETED):
            sale = self._sale(moment, event, None)
            found.setdefault(sale.order_id, sale)
        return found

    @cached_property
    def refunds(self) -> list[Sale]:
        """Every refund."""
        return [
            self._sale(moment, event, self.orders.get(event["properties"]["order_id"]))
            for moment, event in self._named(REFUNDED)
        ]

    def _sale(self, moment: datetime, event: dict, order: Sale | None) -> Sale:
        properties = event["properties"]
        products = properties.get("products")
        lines = [line for line in products or [] if line["category"].lower() not in GIFT_CARDS]  # fmt: skip
        goods = sum((_number(line["price"]) * _number(line["quantity"]) for line in lines), Decimal(0))  # fmt: skip
        units = sum((_number(line["quantity"]) for line in lines), Decimal(0))
        if not products:
            goods = _number(properties["total"]) - _number(properties.get("shipping")) - _number(properties.get("tax"))  # fmt: skip
        elif order and order.goods:
            goods = goods * (order.goods - order.discount) / order.goods
        currency = properties.get("currency") or (order.currency if order else "")
        local = moment.astimezone(self.clock.zone)
        return Sale(
            identity=event["messageId"],
            order_id=properties["order_id"],
            country=order.country if order else _country(event),
            currency=currency,
            moment=moment,
            day=local.date(),
            hour=local.hour,
            goods=goods,
            discount=_number(properties.get("discount")),
            total=_number(properties["total"]),
            units=units if products else None,
            rate=self.crm.rate(currency, local.date()),
        )


def _country(event: dict) -> str:
    places = (
        event["properties"].get("country"),
        event["context"].get("traits", {}).get("address", {}).get("country"),
        event.get("traits", {}).get("address", {}).get("country"),
    )
    return next((place for place in places if place), "unknown")
