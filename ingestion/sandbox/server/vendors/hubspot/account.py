"""The account itself and its currencies."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.vendors.hubspot.errors import not_found
from ingestion.sandbox.server.vendors.hubspot.gate import Body, Gate, next_page
from ingestion.sandbox.server.vendors.hubspot.parameters import (
    offset_of,
    opaque_cursor,
    page_limit,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal

PORTAL_ID = 4727653


def routes(portal: Portal, gate: Gate) -> list[Route]:
    """Return the routes of account-info and currencies."""

    def details(_request: Request) -> Body:
        return account(portal)

    def list_rates(request: Request) -> Body:
        limit = page_limit(request, default=100)
        rates = _asked_for(portal, request)
        start = offset_of(request.query_params.get("after"))
        body: Body = {"results": rates[start : start + limit]}
        request.state.after = opaque_cursor(start)
        if start + limit < len(rates):
            body["paging"] = {"next": next_page(request, opaque_cursor(start + limit))}
        return body

    def current_rates(request: Request) -> Body:
        newest: dict[tuple, Item] = {}
        for rate in _asked_for(portal, request):
            pair = rate.get("fromCurrencyCode"), rate.get("toCurrencyCode")
            known = newest.get(pair)
            if known is None or _effective(rate) >= _effective(known):
                newest[pair] = rate
        return {"results": list(newest.values())}

    def get_rate(request: Request) -> Body:
        wanted = request.path_params["rate_id"]
        rate = portal.exchange_rates.find(wanted)
        if rate is None:
            message = f"Exchange rate {wanted} was not found"
            raise not_found(message, id=[wanted])
        return rate

    def company_currency(_request: Request) -> Body:
        return {"currencyCode": account(portal)["companyCurrency"]}

    currencies = "/settings/currencies"
    return [
        *gate.routes("/account-info", "/details", details),
        *gate.routes(currencies, "/exchange-rates", list_rates),
        *gate.routes(currencies, "/exchange-rates/current", current_rates),
        *gate.routes(currencies, "/exchange-rates/{rate_id}", get_rate),
        *gate.routes(currencies, "/company-currency", company_currency),
    ]


def account(portal: Portal) -> Item:
    """Return the account's details: its file's line, else what sandbox.toml says."""
    lines = portal.lines("account_info")
    if lines:
        return lines[0]
    said = portal.store.description
    zone = said.get("portal_timezone") or said.get("reporting_timezone") or "UTC"
    offset = portal.store.clock.astimezone(ZoneInfo(zone)).utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    home = said.get("base_currency", "EUR")
    rates = [
        portal.exchange_rates.parse(row) for row in portal.exchange_rates.live.rows
    ]
    foreign = {str(rate.get("fromCurrencyCode")) for rate in rates}
    sign = "-" if seconds < 0 else "+"
    return {
        "portalId": said.get("portal_id", PORTAL_ID),
        "accountType": "STANDARD",
        "timeZone": zone,
        "companyCurrency": home,
        "additionalCurrencies": sorted(foreign - {home}),
        "utcOffset": f"{sign}{abs(seconds) // 3600:02}:{abs(seconds) // 60 % 60:02}",
        "utcOffsetMilliseconds": seconds * 1000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }


def _asked_for(portal: Portal, request: Request) -> list[Item]:
    rates = [
        portal.exchange_rates.parse(row) for row in portal.exchange_rates.live.rows
    ]
    for name in ("fromCurrencyCode", "toCurrencyCode"):
        if wanted := request.query_params.get(name):
            rates = [rate for rate in rates if rate.get(name) == wanted]
    return rates


def _effective(rate: Item) -> str:
    return str(rate.get("effectiveAt") or "")
