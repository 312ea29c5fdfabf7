"""Events written straight into the raw tables, by SQL: twenty million in a minute.

Visits of 1 to 15 events over half a year, by visitors of whom few come very often; one
visitor is a machine that sends 2 % of all events without a pause. Some of the last
days' events and the last days themselves belong to a second load: about 1 %, a tenth of
them late. The same number of rows gives the same events every time.
"""

import duckdb

FIRST_LOAD, SECOND_LOAD = "1793491200.5", "1793664000.5"
AS_OF = "2026-11-02 22:00:00"
_DAYS = 180
_START = "timestamp '2026-05-06 22:00:00'"
_PER_VISIT = 8

_AGENTS = (
    "['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/128.0.0.0 Safari/537.36', "
    "'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148', "
    "'Mozilla/5.0 (Linux; Android 14; SM-X710) Chrome/128.0.0.0 Safari/537.36', "
    "'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0']"
)
_REFERRERS = (
    "[NULL, NULL, 'https://www.google.com/', 'https://l.facebook.com/x', "
    "'https://duckduckgo.com/', 'https://blog.example.org/teas', NULL, NULL]"
)
_COUNTRIES = "['Germany', 'Austria', 'Iran', 'Turkey', 'United States']"


def _share(seed: str, salt: int) -> str:
    """Return SQL for a number from 0 to 1 that the seed decides."""
    return f"(hash({seed} * 64 + {salt}) % 1000003 / 1000003.0)"


def write_event_tables(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Replace the raw events by so many generated ones; the second load waits aside.

    It is in `generated.second_load` until `load_the_rest` appends it.
    """
    connection.execute("set TimeZone = 'UTC'")
    visits = rows * 98 // 100 // _PER_VISIT
    visitors = max(visits // 4, 10)
    robots = rows - visits * _PER_VISIT
    connection.execute("drop schema if exists generated cascade")
    connection.execute("create schema generated")
    connection.execute(
        f"""
        create or replace temp view visits as
        select
            visit,
            cast(floor({visitors} * pow({_share("visit", 1)}, 2)) as bigint) as visitor,
            {_START} + to_microseconds(cast(
                {_DAYS - 1} * 86400e6 * visit / {visits} as bigint
            )) as started_at,
            1 + cast(floor(15 * {_share("visit", 2)}) as bigint) as length,
            {_share("visit", 3)} as luck
        from range({visits}) as numbers(visit)
        """
    )
    connection.execute(
        f"""
        create or replace temp view steps as
        select
            visits.*,
            step,
            visit * 16 + step as number,
            started_at + to_microseconds(cast(
                (step * 95 + 90 * {_share("visit * 16 + step", 4)}) * 1e6 as bigint
            )) as happened_at,
            case
                when step = length - 1 and step > 5 and luck < 0.16 then 'Order Completed'
                when step = length - 2 and step > 4 and luck < 0.18
                then 'Payment Info Entered'
                when step = length - 3 and step > 3 and luck < 0.25 then 'Checkout Started'
                when step % 5 = 3 and luck < 0.4 then 'Product Added'
                when step % 3 = 1 then 'Product Viewed'
            end as name
        from visits, range(15) as positions(step)
        where step < length
        """
    )
    connection.execute("delete from raw_events.events")
    connection.execute("delete from raw_events.event_products")
    connection.execute("delete from raw_events._dlt_loads")
    connection.execute(
        "insert into raw_events._dlt_loads by name select load_id, 0 as status, "
        "cast('2026-11-02' as timestamptz) as inserted_at "
        f"from (values ('{FIRST_LOAD}')) as loads(load_id)"
    )
    for target, condition in (
        ("raw_events.events", f"load = '{FIRST_LOAD}'"),
        ("generated.second_load", f"load = '{SECOND_LOAD}'"),
    ):
        if target.startswith("generated"):
            connection.execute(
                f"create table {target} as from raw_events.events limit 0"
            )
        connection.execute(f"insert into {target} by name {_events(condition)}")
    connection.execute(
        f"insert into raw_events.events by name {_robot(robots, visits)}"
    )
    connection.execute(
        "insert into raw_events.event_products by name select message_id, 1 as "
        "line_number, product_id, product_id as sku, product_id as name, "
        "'tea' as category, cast(2 as decimal(18, 6)) as quantity, "
        "cast(total / 2 as decimal(18, 6)) as price, _dlt_load_id "
        "from raw_events.events where event = 'Order Completed'"
    )
    connection.execute("checkpoint")


def load_the_rest(connection: duckdb.DuckDBPyConnection) -> None:
    """Append the second load, as one that finished."""
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("begin")
    connection.execute(
        "insert into raw_events.events select * from generated.second_load"
    )
    connection.execute(
        "insert into raw_events._dlt_loads by name select "
        f"'{SECOND_LOAD}' as load_id, 0 as status, "
        "cast('2026-11-02' as timestamptz) as inserted_at"
    )
    connection.execute("commit")


def _events(condition: str) -> str:
    return f"""
        select
            'ajs-next-' || lpad(cast(number as text), 12, '0') || '-'
                || right('000' || cast(hash(number) % 9973 as text), 4) as message_id,
            case when name is null then 'page' else 'track' end as type,
            name as event,
            case when visitor % 5 = 0 and luck > 0.05 then 'u' || visitor end as user_id,
            'anon-' || lpad(cast(visitor as text), 10, '0') as anonymous_id,
            cast(happened_at as timestamptz) as event_at,
            cast(happened_at + interval 1 second as timestamptz) as received_at,
            cast(happened_at as date) as received_date,
            'https://shop.example/p/' || number % 500 as page_url,
            '/p/' || number % 500 as page_path,
            case when step = 0 then {_REFERRERS}[1 + visit % 8] end as page_referrer,
            case when step = 0 and visit % 9 = 0 then 'Summer ' || visit % 12 end
                as campaign_name,
            case
                when step = 0 and visit % 9 = 0
                then ['google', 'newsletter', 'facebook'][1 + visit % 3]
            end as campaign_source,
            case
                when step = 0 and visit % 9 = 0
                then ['cpc', 'email', 'paid_social'][1 + visit % 3]
            end as campaign_medium,
            {_AGENTS}[1 + visitor % 4] as user_agent,
            {_COUNTRIES}[1 + visitor % 5] as country,
            case when name = 'Order Completed' then 'o' || visit end as order_id,
            case when name = 'Product Added' then 'c' || visit end as cart_id,
            case when name like '%r%' then 'EUR' end as currency,
            case when name is not null then 'T' || number % 500 end as product_id,
            case
                when name = 'Order Completed'
                then cast(10 + number % 90 as decimal(18, 6))
            end as total,
            case
                when name = 'Product Added' then '{{"quantity":1,"price":12.5}}'
            end as properties,
            load as _dlt_load_id
        from (
            select
                *,
                case
                    when visit_age < 0.0085 or (
                        visit_age < 0.05 and {_share("number", 5)} < 0.03
                    )
                    then '{SECOND_LOAD}'
                    else '{FIRST_LOAD}'
                end as load
            from (
                select *, 1 - visit / (select count(*) from visits) as visit_age
                from steps
            )
        )
        where {condition}
    """


def _robot(events: int, visits: int) -> str:
    return f"""
        select
            'robot-' || number as message_id,
            'page' as type,
            'robot' as anonymous_id,
            cast({_START} + to_microseconds(cast(
                {_DAYS - 2} * 86400e6 * number / {events} as bigint
            )) as timestamptz) as event_at,
            'https://shop.example/p/' || number % 500 as page_url,
            '/p/' || number % 500 as page_path,
            'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
                as user_agent,
            '{FIRST_LOAD}' as _dlt_load_id
        from range({events}) as numbers(number)
    """
