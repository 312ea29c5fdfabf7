"""Sales under every scope that they are sliced by, and K9 and K10 on them."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from ingestion.settings import DBT_PROJECT_DIR
from tests.oracle.comparison import Rows
from tests.oracle.periods import cents, comparisons, ratio
from tests.oracle.sales_kpis import Slices, year_before
from tests.oracle.shop import GIFT_CARDS, SIX, Sale, Shop
from tests.oracle.shop_sessions import Session, Visits, buyer_of

LONG_PERIODS = ("month", "quarter", "year", "jalali_month", "jalali_year")
ZERO = Decimal(0)
# What an order is filed under where nobody says more.
NOBODY = {
    "payment_method": "unknown",
    "coupon": "none",
    "channel": "unknown",
    "source": "unknown",
    "device": "unknown",
    "campaign": "none",
    "customer_type": "unknown",
    "customer_age_group": "unknown",
    "customer_segment": "unknown",
    "day_type": "unknown",
}


def six(amount: Decimal) -> Decimal:
    """Round half up to six decimals."""
    return amount.quantize(SIX, ROUND_HALF_UP)


def read_regions(folder: Path) -> dict[str, dict[str, str]]:
    """Return the countries of the company's list of regions."""
    with (folder / "files/regions.csv").open(encoding="utf-8") as lines:
        return {row["country_name"]: row for row in csv.DictReader(lines)}


def read_managers() -> dict[str, list[tuple[date, str, str]]]:
    """Return who answers for a category, by the day since when."""
    found: dict[str, list[tuple[date, str, str]]] = defaultdict(list)
    path = DBT_PROJECT_DIR / "seeds/product_managers.csv"
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            since = date.fromisoformat(row["valid_from_date"])
            found[row["category_name"]].append(
                (since, row["product_manager_name"], row["department_name"])
            )
    return {category: sorted(rows) for category, rows in found.items()}


@dataclass(frozen=True)
class Line:
    """A product's part of an order or refund, money in the base currency."""

    sale: Sale
    category: str
    product: str
    units: Decimal | None
    goods: Decimal
    discount: Decimal
    sold: Decimal
    is_return: bool = False

    @property
    def net(self) -> Decimal:
        """What an order's line sold, less than nothing in a refund."""
        return -self.goods if self.is_return else self.goods - self.discount


def spread(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Return an amount's parts by weight, running sums rounded to six decimals."""
    whole, reached, parts, given = sum(weights, ZERO), ZERO, [], ZERO
    for number, weight in enumerate(weights, 1):
        reached += weight
        share = six(amount * reached / whole) if whole else ZERO
        until = amount if number == len(weights) else share
        parts.append(until - given)
        given = until
    return parts


class SalesLines:
    """Orders and refunds line by line."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.events = {event["messageId"]: event for event in shop.events}
        self.sold = [line for sale in shop.orders.values() for line in self._of(sale)]
        self.returned = [
            replace(line, is_return=True)
            for sale in shop.refunds
            for line in self._of(sale)
        ]

    def _of(self, sale: Sale) -> list[Line]:
        properties = self.events[sale.identity]["properties"]
        products = [
            product
            for product in properties.get("products") or []
            if product["category"].lower() not in GIFT_CARDS
        ]
        if not products:
            goods, discount = sale.base(sale.goods), sale.base(sale.discount)
            net = sale.goods - sale.discount
            return [Line(sale, "unknown", "unknown", None, goods, discount, net)]
        numbers = [Decimal(str(product["quantity"])) for product in products]
        weights = [
            Decimal(str(product["price"])) * number
            for product, number in zip(products, numbers, strict=True)
        ]
        parts = zip(
            products,
            numbers,
            spread(sale.base(sale.goods), weights),
            spread(sale.base(sale.discount), weights),
            spread(six(sale.goods - sale.discount), weights),
            strict=True,
        )
        return [
            Line(
                sale, product["category"], product["sku"], number, goods, discount, sold
            )
            for product, number, goods, discount, sold in parts
        ]


def _partial(lines: Iterable[Line]) -> list[Sale]:
    """Return each sale's part that these lines are, in the base currency."""
    by_sale: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_sale[line.sale.identity].append(line)
    return [
        replace(
            of_one[0].sale,
            goods=sum((line.goods for line in of_one), ZERO),
            discount=sum((line.discount for line in of_one), ZERO),
            units=None
            if of_one[0].units is None and of_one[0].sale.units is None
            else sum((line.units or ZERO for line in of_one), ZERO),
            rate=None if of_one[0].sale.rate is None else Decimal(1),
        )
        for of_one in by_sale.values()
    ]


def _campaign(session: Session, order: Sale) -> str:
    """Return the newest campaign that the visit named up to the order."""
    named = [
        event["context"]["campaign"]["name"]
        for moment, event in session.events
        if moment <= order.moment and event["context"].get("campaign")
    ]
    return named[-1] if named else "none"


def slices(
    folder: Path,
    visits: Visits,
    customer_of: Callable[[str, str], str],
    people: dict[str, dict[str, str]],
    day_types: dict[tuple[str, date], str],
) -> Slices:
    """Return the orders and refunds of every scope beside total and country.

    `people` says age group and segment of a customer, `day_types` what a day is in a
    country, by its code.
    """
    shop = visits.shop
    lines, regions, managers = SalesLines(shop), read_regions(folder), read_managers()
    visited = {
        order.order_id: {
            "channel": session.channel,
            "source": session.source[0],
            "device": session.device_type,
            "campaign": _campaign(session, order),
        }
        for session in visits.sessions
        for order in session.orders
    }
    described: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    for order in sorted(shop.orders.values(), key=lambda one: one.moment):
        event = lines.events[order.identity]
        customer = buyer_of(event, customer_of)
        code = regions.get(order.country, {}).get("country_code", "")
        described[order.order_id] = {
            **NOBODY,
            **visited.get(order.order_id, {}),
            **people.get(customer, {}),
            "payment_method": event["properties"].get("payment_method") or "unknown",
            "coupon": event["properties"].get("coupon") or "none",
            "customer_type": "returning" if customer in seen else "new",
            "day_type": day_types.get((code, order.day), "unknown"),
        }
        seen.add(customer)
    found: Slices = defaultdict(lambda: ([], []))
    for place, sales in enumerate((shop.orders.values(), shop.refunds)):
        for sale in sales:
            region = regions.get(sale.country, {}).get("region_name") or "unknown"
            found["region", region][place].append(sale)
            for kind in described.get(sale.order_id, NOBODY).items():
                found[kind][place].append(sale)
    for place, parts in enumerate((lines.sold, lines.returned)):
        scoped: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in parts:
            manager, department = _responsible(managers, line)
            scoped["product_category", line.category].append(line)
            scoped["product", line.product].append(line)
            scoped["product_manager", manager].append(line)
            scoped["department", department].append(line)
        for kind, of_kind in scoped.items():
            found[kind][place].extend(_partial(of_kind))
    return dict(found)


def _responsible(
    managers: dict[str, list[tuple[date, str, str]]], line: Line
) -> tuple[str, str]:
    since = [row for row in managers.get(line.category, []) if row[0] <= line.sale.day]
    return since[-1][1:] if since else ("unknown", "unknown")


def kpi_sales_mix(sold: Rows) -> Rows:
    """K9: each scope's part and index, from the rows of kpi_sales."""
    rows: Rows = {}
    for (period_type, start, scope_type, name), row in sold.items():
        if period_type not in LONG_PERIODS or scope_type == "total":
            continue
        whole = sold[period_type, start, "total", "all"]
        net = row["event_dated_net_sales_amount_base"]
        share = ratio(net, whole["event_dated_net_sales_amount_base"])
        found = {"net_sales_amount_base": net, "net_sales_share": share}
        for before in ("prior", "prior_year"):
            column = f"{before}_net_sales_amount_base"
            total = whole[column]
            part = None if total is None else row[column] or ZERO
            found[column] = part
            found[f"{before}_net_sales_share"] = None if total is None else ratio(part, total)  # fmt: skip
            is_known = (
                total is not None and part > 0 and total > 0 and share is not None
            )
            found[f"{before}_mix_index_rate"] = share / ratio(part, total) if is_known else None  # fmt: skip
        rows[period_type, start, scope_type, name] = found
    return rows


def _bridge(now: list[Line], then: list[Line]) -> dict[str, object]:
    """Return why two lists of lines differ."""
    products: dict[tuple[str, str], tuple[list[Line], list[Line]]] = defaultdict(
        lambda: ([], [])
    )
    for place, lines in enumerate((now, then)):
        for line in lines:
            products[line.product, line.sale.currency][place].append(line)

    def pieces(lines: list[Line]) -> Decimal:
        return sum((line.units or ZERO for line in lines), ZERO)

    def worth(lines: list[Line]) -> Decimal:
        return sum((line.net for line in lines), ZERO)

    price = currency = priced = ZERO
    continuing = new = gone = 0
    for after, before in products.values():
        units, units_then = pieces(after), pieces(before)
        native_then = sum((line.sold for line in before), ZERO)
        if units_then > 0:
            priced += worth(before)
        if units > 0 and units_then > 0 and native_then > 0:
            continuing += 1
            native = sum((line.sold for line in after), ZERO)
            at_rate = native * worth(before) / native_then
            price += six(at_rate - units * worth(before) / units_then)
            currency += six(worth(after) - at_rate)
        new += units > 0 and units_then == 0
        gone += units == 0 and units_then > 0
    units, units_then = pieces(now), pieces(then)
    volume = cents(six((units - units_then) * priced / units_then)) if units_then else ZERO  # fmt: skip
    change = cents(worth(now)) - cents(worth(then))
    return {
        "sold_amount_base": cents(worth(now)),
        "reference_sold_amount_base": cents(worth(then)),
        "volume_effect_amount_base": volume,
        "price_effect_amount_base": cents(price),
        "currency_effect_amount_base": cents(currency),
        "mix_effect_amount_base": change - volume - cents(price) - cents(currency),
        "unit_count": units,
        "reference_unit_count": units_then,
        "continuing_product_count": continuing,
        "new_product_count": new,
        "discontinued_product_count": gone,
    }


def kpi_price_volume_mix(folder: Path, shop: Shop) -> Rows:
    """K10: the bridge of every period and scope that sold something now or then."""
    regions, today = read_regions(folder), shop.clock.today
    scoped: dict[tuple[str, str], list[Line]] = defaultdict(list)
    firsts: dict[tuple[str, str], date] = {}
    for line in SalesLines(shop).sold:
        country = line.sale.country
        for kind in (
            ("total", "all"),
            ("country", country),
            ("region", regions.get(country, {}).get("region_name") or "unknown"),
            ("product_category", line.category),
        ):
            firsts[kind] = min(firsts.get(kind, line.sale.day), line.sale.day)
            if line.sale.rate is not None:
                scoped[kind].append(line)
    rows: Rows = {}
    for kind, lines in scoped.items():
        for period_type in LONG_PERIODS:
            for period in comparisons(period_type, firsts[kind], today):
                now = [line for line in lines if period.start <= line.sale.day <= period.end]  # fmt: skip
                windows = {
                    "prior": (period.prior_start, period.prior_end),
                    "prior_year": year_before(period_type, period),
                }
                for name, (first, last) in windows.items():
                    then = [line for line in lines if first <= line.sale.day <= last]
                    is_sold = any(line.units or line.net for line in now + then)
                    if last >= firsts[kind] and is_sold:
                        key = (period_type, period.start, name, *kind)
                        rows[key] = _bridge(now, then)
    return rows
