-- Exchange rates by day: 1 unit of from is conversion_rate units of to.
-- Grain: one row per day and pair of currencies, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files",
                "fx_rates",
                key=["rate_date", "from_currency", "to_currency"],
                newest_by="file_modified_at",
            )
        }}
    )
select
    cast(upper(trim(from_currency)) as string) as from_currency,
    cast(upper(trim(to_currency)) as string) as to_currency,
    cast(conversion_rate as decimal(28, 12)) as conversion_rate,
    cast(rate_date as date) as rate_date,
    -- Noon, so that it is the stated day in almost every time zone.
    cast(
        cast(rate_date as timestamp) + interval '12' hour as timestamp
    ) as effective_at,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
