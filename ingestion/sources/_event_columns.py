"""Segment's raw archive: which values of an event line become which columns."""

from ingestion.json_lines import Reading, Value

_MONEY = "decimal(18,6)"
_PAGE = ("url", "path", "referrer", "title", "search")
_CAMPAIGN = ("name", "source", "medium", "term", "content")
_ECOMMERCE_TEXTS = (
    *("order_id", "checkout_id", "cart_id", "payment_method", "coupon"),
    *("affiliation", "currency", "product_id", "sku"),
)
_ECOMMERCE_AMOUNTS = ("subtotal", "revenue", "shipping", "tax", "discount", "total")
_TYPES = ("track", "page", "screen", "identify", "group", "alias")
_MINUTE_US = 60 * 1_000_000
# A clock may run ahead by this much, and an offline queue may hold an event this long.
_AHEAD_US = 5 * _MINUTE_US
_LATE_US = 30 * 24 * 60 * _MINUTE_US

EVENT_COLUMNS = {
    "message_id": "text",
    "type": "text",
    "event": "text",
    "user_id": "text",
    "anonymous_id": "text",
    "previous_id": "text",
    "group_id": "text",
    "event_at": "timestamp",
    "is_clock_clamped": "bool",
    "received_at": "timestamp",
    "sent_at": "timestamp",
    "original_timestamp": "timestamp",
    "source_timestamp": "timestamp",
    "received_date": "date",
    **{f"page_{name}": "text" for name in _PAGE},
    **{f"campaign_{name}": "text" for name in _CAMPAIGN},
    "user_agent": "text",
    "locale": "text",
    "timezone": "text",
    "channel": "text",
    "library_name": "text",
    "country": "text",
    **dict.fromkeys(_ECOMMERCE_TEXTS, "text"),
    **dict.fromkeys(_ECOMMERCE_AMOUNTS, _MONEY),
    "email": "text",
    "properties": "json",
    "traits": "json",
    "products": "json",
    "source_file": "text",
}
PRODUCT_COLUMNS = {
    "message_id": "text",
    "line_number": "bigint",
    "product_id": "text",
    "sku": "text",
    "name": "text",
    "category": "text",
    "brand": "text",
    "variant": "text",
    "coupon": "text",
    "quantity": _MONEY,
    "price": _MONEY,
}
# The keys of Segment's and RudderStack's specifications; others are reported as unknown.
KNOWN_KEYS = frozenset(
    {
        "anonymousId",
        "userId",
        "messageId",
        "type",
        "event",
        "name",
        "category",
        "properties",
        "traits",
        "context",
        "integrations",
        "originalTimestamp",
        "sentAt",
        "receivedAt",
        "timestamp",
        "version",
        "channel",
        "previousId",
        "groupId",
        "projectId",
        "writeKey",
        "_metadata",
        "rudderId",
        "request_ip",
    }
)
KNOWN_CONTEXT_KEYS = frozenset(
    {
        "active",
        "app",
        "campaign",
        "channel",
        "device",
        "groupId",
        "ip",
        "library",
        "locale",
        "network",
        "os",
        "page",
        "referrer",
        "screen",
        "sessionId",
        "sessionStart",
        "timezone",
        "traits",
        "userAgent",
        "userAgentData",
    }
)


def _without_placeholder(column: str) -> str:
    """Return an id, or NULL where JavaScript wrote that it has none."""
    # Most ids are too long to be looked at; trim and lower cost a lot on them.
    return (
        f"CASE WHEN strlen({column}) > 12 THEN {column} "
        f"WHEN lower(trim({column})) NOT IN ('', 'null', 'undefined', '0') "
        f"THEN {column} END"
    )


READING = Reading(
    values={
        "sent_message_id": Value("messageId"),
        "sent_type": Value("type"),
        "event": Value("event"),
        "sent_user_id": Value("userId"),
        "sent_anonymous_id": Value("anonymousId"),
        "sent_previous_id": Value("previousId"),
        "sent_group_id": Value("groupId"),
        "sent_received_at": Value("receivedAt", "timestamp"),
        "sent_at": Value("sentAt", "timestamp"),
        "original_timestamp": Value("originalTimestamp", "timestamp"),
        "source_timestamp": Value("timestamp", "timestamp"),
        "channel": Value("channel"),
        **{f"page_{name}": Value(f"context.page.{name}") for name in _PAGE},
        **{f"campaign_{name}": Value(f"context.campaign.{name}") for name in _CAMPAIGN},
        "user_agent": Value("context.userAgent"),
        "locale": Value("context.locale"),
        "timezone": Value("context.timezone"),
        "library_name": Value("context.library.name"),
        "context_country": Value("context.traits.address.country"),
        "properties": Value("properties", "json", begins="{"),
        "traits": Value("traits", "json", begins="{"),
        **{name: Value(f"properties.{name}") for name in _ECOMMERCE_TEXTS},
        **{name: Value(f"properties.{name}", _MONEY) for name in _ECOMMERCE_AMOUNTS},
        "products": Value("properties.products", "json", begins="["),
        "event_country": Value("properties.country"),
        "event_email": Value("properties.email"),
        "trait_country": Value("traits.address.country"),
        "trait_email": Value("traits.email"),
    },
    derived=(
        {
            "type": f"CASE WHEN sent_type IN {_TYPES} THEN sent_type "
            "ELSE nullif(lower(trim(sent_type)), '') END",
            "own_message_id": _without_placeholder("sent_message_id"),
            # Only the collector's clock can be trusted, if it has written its time.
            "received_at": "coalesce(sent_received_at, source_timestamp, sent_at, "
            "original_timestamp)",
            "user_id": _without_placeholder("sent_user_id"),
            "anonymous_id": _without_placeholder("sent_anonymous_id"),
            "previous_id": _without_placeholder("sent_previous_id"),
            "group_id": _without_placeholder("sent_group_id"),
            "country": "coalesce(nullif(event_country, ''), "
            "nullif(context_country, ''), nullif(trait_country, ''))",
            "email": "coalesce(nullif(trait_email, ''), nullif(event_email, ''))",
        },
        {
            # Without an id of its own a line is told apart by its whole text; NULL where
            # it was read without.
            "message_id": "CASE WHEN own_message_id IS NOT NULL THEN own_message_id "
            "ELSE md5(CAST(line AS VARCHAR)) END",
            "received_date": "CAST(make_timestamp(epoch_us(received_at)) AS DATE)",
            "received_us": "epoch_us(received_at)",
            # What the device's clock was wrong by, it was wrong by for both of its times.
            "unclamped_us": "coalesce(epoch_us(received_at) - "
            "(epoch_us(sent_at) - epoch_us(original_timestamp)), "
            "epoch_us(source_timestamp), epoch_us(received_at))",
            "rejection": "CASE WHEN type IS NULL THEN 'no type: not an event' "
            f"WHEN type NOT IN {_TYPES} AND own_message_id IS NULL "
            "THEN 'unknown type and no messageId: not an event' "
            "WHEN received_at IS NULL THEN 'no usable receivedAt, timestamp, sentAt or "
            "originalTimestamp' END",
        },
        {
            "is_clock_clamped": f"unclamped_us NOT BETWEEN received_us - {_LATE_US} "
            f"AND received_us + {_AHEAD_US}",
            "event_at": "make_timestamptz(least(greatest(unclamped_us, "
            f"received_us - {_LATE_US}), received_us + {_AHEAD_US}))",
        },
    ),
    kept=(*(name for name in EVENT_COLUMNS if name != "source_file"), "rejection"),
)


def products_select(lines: str) -> str:
    """Return the SELECT of the products that order, checkout and cart events carry.

    Lists of products merely seen are left to `events.products`: they would outnumber
    the rest by far.
    """
    texts = [
        name for name in PRODUCT_COLUMNS if name not in ("message_id", "line_number")
    ]
    structure = ", ".join(f'"{name}": "VARCHAR"' for name in texts)
    amounts = {name for name in texts if PRODUCT_COLUMNS[name] == _MONEY}
    typed = ", ".join(
        f"TRY_CAST(item.{name} AS DECIMAL(18,6)) AS {name}"
        if name in amounts
        else f"item.{name}"
        for name in texts
    )
    bad = ", ".join(
        f"CASE WHEN item.{name} <> '' AND TRY_CAST(item.{name} AS DECIMAL(18,6)) "
        f"IS NULL THEN {{'name': '{name}', 'text': left(item.{name}, 500)}} END"
        for name in sorted(amounts)
    )
    return (
        f"SELECT message_id, line_number, {typed}, source_file, "
        f"list_filter([{bad}], lambda one: one IS NOT NULL) AS bad_values FROM ("
        "SELECT message_id, source_file, unnest(items) AS item, "
        "generate_subscripts(items, 1) AS line_number FROM ("
        "SELECT message_id, source_file, "
        f"from_json(products, '[{{{structure}}}]') AS items FROM {lines} "
        "WHERE products IS NOT NULL "
        "AND regexp_matches(lower(event), 'order|checkout|cart')))"
    )
