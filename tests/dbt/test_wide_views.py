"""Wide views have the rows and the money of their facts, none twice and none lost."""

from pathlib import Path

import duckdb
import pytest

# Fact and a measure of it, by view.
FACTS = {
    "mart_sales_order_lines": ("fct_order_lines", "gross_amount_base"),
    "mart_sales_deals": ("fct_deals", "deal_amount_base"),
    "mart_sales_activities": ("fct_activities", "duration_minutes"),
    "mart_helpdesk_tickets": ("fct_tickets", "full_resolution_minutes"),
    "mart_shop_sessions": ("fct_sessions", "net_sales_amount_base"),
    "mart_shop_carts": ("fct_carts", "cart_amount_base"),
    "mart_ads_performance": ("fct_ad_performance_daily", "spend_amount_base"),
    "mart_content_newsletters": ("fct_newsletter_copies", "1"),
    "mart_content_page_views": ("fct_page_views", "engaged_seconds"),
    "mart_channels_touches": ("fct_attribution_credits", "credited_amount_base"),
    "mart_people_headcount": ("fct_headcount_changes", "headcount_change"),
    "mart_customers_customers": ("dim_customers", "record_count"),
}


@pytest.mark.parametrize("view", FACTS)
def test_a_wide_view_is_its_fact(built_warehouse: Path, view: str) -> None:
    """A dimension with two rows per key would double the money in every dashboard."""
    fact, measure = FACTS[view]
    with duckdb.connect(str(built_warehouse), read_only=True) as connection:
        [wide], [narrow] = (
            connection.execute(
                f"select count(*), sum({measure}) from marts.{name}"
            ).fetchall()
            for name in (view, fact)
        )
    assert narrow[0] > 0
    assert wide == pytest.approx(narrow)


def test_a_customers_orders_are_all_orders(built_warehouse: Path) -> None:
    """What a customer view adds up itself must come to the company's total."""
    with duckdb.connect(str(built_warehouse), read_only=True) as connection:
        [in_view] = connection.execute(
            "select sum(order_count), sum(ticket_count), sum(session_count) "
            "from marts.mart_customers_customers"
        ).fetchall()
        [in_facts] = connection.execute(
            """
            select
                (select count(*) from marts.fct_customer_orders
                 where customer_key in (select customer_key from marts.dim_customers)),
                (select count(*) from marts.fct_tickets
                 where customer_key in (select customer_key from marts.dim_customers)),
                (select count(*) from marts.fct_sessions
                 where customer_key in (select customer_key from marts.dim_customers))
            """
        ).fetchall()
    assert min(in_facts) > 0
    assert in_view == in_facts
