"""A visit to the shop, from the first page to the order or to wherever it ends."""

import random
from datetime import date

from ingestion.sandbox.generator import vocabulary
from ingestion.sandbox.generator.calendar import SECOND
from ingestion.sandbox.generator.company import Company, Product
from ingestion.sandbox.generator.events.envelope import (
    SITE,
    Visitor,
    browser_event,
    page_of,
)
from ingestion.sandbox.generator.events.orders import (
    PAYMENT_METHODS,
    aftermath,
    order_properties,
    price_in,
    product_line,
)

_CATEGORIES = ("tea", "coffee", "saffron", "sweets", "equipment", "gift_card")
_CATEGORY_WEIGHTS = (5, 4, 3, 3, 1.5, 0.5)
_QUERIES = ("tee", "saffron", "چای", "espresso", "lokum", "geschenk")
# How many visits go on to the next step.
TO_LIST, TO_SEARCH, TO_PRODUCT, TO_ADD = 0.66, 0.18, 0.78, 0.24
TO_CART, TO_CHECKOUT, TO_STEP, TO_PAYMENT, TO_ORDER = 0.8, 0.68, 0.9, 0.93, 0.9


class Shop:
    """The shop's side: order numbers, and carts that wait for their owner."""

    def __init__(self, company: Company, rng: random.Random) -> None:
        self.rng = rng
        self.waiting: dict[int, tuple[str, list[dict], str]] = {}
        self.order_count = 0
        self.by_category = {
            category: [p for p in company.products if p.category == category]
            for category in _CATEGORIES
        }

    def next_order_id(self) -> str:
        """Return the next order number; checkouts that end early use one up, too."""
        self.order_count += 1
        return f"Z-{100_000 + self.order_count}"


class Visit:
    """One visit; `events` collects (receivedAt, event)."""

    def __init__(self, shop: Shop, visitor: Visitor, moment: int, entry: str) -> None:
        self.shop = shop
        self.rng = shop.rng
        self.visitor = visitor
        self.moment = moment
        self.referrer = entry
        self.search = ""
        self.page = page_of("/", "Zafran", entry)
        self.events: list[tuple[int, dict]] = []

    def walk(self, day: date) -> list[tuple[int, dict]]:
        """Return the events of the whole visit."""
        rng, person = self.rng, self.visitor.person
        campaign = self.visitor.context.get("campaign")
        if campaign is not None:
            self.search = "?" + "&".join(
                f"utm_{'campaign' if name == 'name' else name}={value}"
                for name, value in campaign.items()
            )
        self._open("/", "Zafran")
        if self.visitor.is_logged_in and person is not None and rng.random() < 0.5:
            self._identify()
        if person is not None and person.number in self.shop.waiting:
            cart_id, lines, currency = self.shop.waiting.pop(person.number)
            if rng.random() < 0.6:
                self.visitor.currency = currency
                self._from_cart(cart_id, lines, day)
            return self.events
        if rng.random() < TO_SEARCH:
            self._track("Products Searched", {"query": rng.choice(_QUERIES)})
        if rng.random() < TO_LIST:
            self._browse(day)
        elif rng.random() < 0.4:
            self._open("/about", "Über uns")
        return self.events

    def _pause(self, longest: int) -> None:
        self.moment += int((1 + self.rng.random() * longest) * SECOND)

    def _open(self, path: str, title: str) -> None:
        self.page = page_of(path, title, self.referrer, self.search)
        properties = {**self.page, "name": title}
        self.events.append(
            browser_event(
                self.rng,
                self.visitor,
                self.moment,
                "page",
                self.page,
                properties=properties,
            )
        )
        self.referrer, self.search = SITE + path, ""
        self._pause(50)

    def _track(self, name: str, properties: dict) -> None:
        self.events.append(
            browser_event(
                self.rng,
                self.visitor,
                self.moment,
                "track",
                self.page,
                name,
                properties,
            )
        )
        self._pause(25)

    def _identify(self) -> None:
        person = self.visitor.person
        assert person is not None
        traits = {
            "email": person.email.lower(),
            "firstName": person.first_name,
            "lastName": person.last_name,
            "birthday": person.birth_date.isoformat(),
            "address": {"city": person.city, "country": person.country},
        }
        identified = browser_event(
            self.rng, self.visitor, self.moment, "identify", self.page, traits=traits
        )
        self.events.append(identified)
        if person.account is not None and self.rng.random() < 0.3:
            traits = {"name": person.account.name, "industry": person.account.industry}
            group = browser_event(
                self.rng, self.visitor, self.moment, "group", self.page, traits=traits
            )
            group[1]["groupId"] = person.account.domain
            self.events.append(group)

    def _browse(self, day: date) -> None:
        rng, currency = self.rng, self.visitor.currency
        cart_id, lines = f"c-{rng.getrandbits(48):012x}", []
        to_add = TO_ADD * (1.35 if self.visitor.person is not None else 0.8)
        for _ in range(rng.choice((1, 1, 2))):
            category = rng.choices(_CATEGORIES, _CATEGORY_WEIGHTS)[0]
            products = self.shop.by_category[category]
            self._open(f"/c/{category}", category.title())
            listed = [product_line(p, currency, 1, n) for n, p in enumerate(products[:4], 1)]  # fmt: skip
            self._track(
                "Product List Viewed",
                {"list_id": category, "category": category, "products": listed},
            )
            for _ in range(rng.choice((1, 1, 2))):
                if rng.random() > TO_PRODUCT:
                    continue
                product = rng.choice(products)
                self._open(f"/p/{product.sku.lower()}", product.name)
                line = self._look_at(product)
                taken = {item["product_id"] for item in lines}
                if rng.random() < to_add and product.product_id not in taken:
                    lines.append(line)
                    line["position"] = len(lines)
                    self._track("Product Added", {"cart_id": cart_id, **line})
        if lines and rng.random() < 0.1:
            gone = lines.pop()
            self._track("Product Removed", {"cart_id": cart_id, **gone})
        if lines:
            self._from_cart(cart_id, lines, day)

    def _look_at(self, product: Product) -> dict:
        rng, currency = self.rng, self.visitor.currency
        most = 6 if product.price < 3_000 else 2
        line = product_line(product, currency, rng.randrange(1, most), 1)
        value = price_in(product, currency) / 100
        seen = {**line, "quantity": 1, "currency": currency, "value": value}
        self._track("Product Viewed", seen)
        return line

    def _from_cart(self, cart_id: str, lines: list[dict], day: date) -> None:
        """Go from the cart to the order, or stop on the way."""
        rng, visitor = self.rng, self.visitor
        if rng.random() < TO_CART:
            self._open("/cart", "Warenkorb")
            self._track("Cart Viewed", {"cart_id": cart_id, "products": lines})
            if rng.random() < TO_CHECKOUT and self._check_out(lines, day):
                return
        if visitor.person is not None:
            self.shop.waiting[visitor.person.number] = (cart_id, lines, visitor.currency)  # fmt: skip

    def _check_out(self, lines: list[dict], day: date) -> bool:
        """Return whether the checkout ended in an order."""
        rng, visitor = self.rng, self.visitor
        order_id = self.shop.next_order_id()
        checkout_id = f"k-{rng.getrandbits(48):012x}"
        coupon = self._coupon(day)
        if coupon:
            applied = {"order_id": order_id, "coupon_id": coupon, "coupon_name": coupon}
            self._track("Coupon Applied", applied)
        order = order_properties(
            order_id,
            visitor.currency,
            visitor.country,
            lines,
            coupon,
            rng.choice(PAYMENT_METHODS),
        )
        if visitor.person is not None and visitor.user_id is None:
            order["email"] = visitor.person.email.lower()
        self._open("/checkout", "Kasse")
        started = {**order, "value": order["revenue"]}
        del started["payment_method"]
        self._track("Checkout Started", started)
        if rng.random() > TO_STEP:
            return False
        step = {"checkout_id": checkout_id, "step": 1, "shipping_method": "DHL"}
        self._track("Checkout Step Completed", step)
        if rng.random() > TO_PAYMENT:
            return False
        paying = {
            "checkout_id": checkout_id,
            "order_id": order_id,
            "step": 2,
            "payment_method": order["payment_method"],
        }
        self._track("Payment Info Entered", paying)
        if rng.random() > TO_ORDER:
            return False
        completed = self.moment
        self._track("Order Completed", {"checkout_id": checkout_id, **order})
        anonymous_id = None if visitor.user_id else visitor.anonymous_id
        self.events += aftermath(rng, order, completed, visitor.user_id, anonymous_id)
        return True

    def _coupon(self, day: date) -> str | None:
        dice = self.rng.random()
        if day.month == 11 and day.day > 20 and dice < 0.5:
            return "BLACK30"
        if day.month == 3 and self.visitor.country == "Iran" and dice < 0.5:
            return "NOWRUZ20"
        return "WELCOME10" if dice < 0.1 else None


def campaign_of(rng: random.Random, day: date) -> dict | None:
    """Return the campaign that brought somebody on a day, or none."""
    running = [row for row in vocabulary.CAMPAIGNS if row[4] <= day.isoformat() <= row[5]]  # fmt: skip
    if not running or rng.random() > 0.06 * sum(row[6] for row in running):
        return None
    row = rng.choices(running, [row[6] for row in running])[0]
    name, source, medium, content = row[:4]
    return {"name": name, "source": source, "medium": medium, "content": content}
