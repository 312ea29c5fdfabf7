-- The ledger by month and account, in the calendar in which it is booked.
-- Grain: one row per ledger_entry_id, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
{% set key = [
    "entry_id",
    "entry_month",
    "account_code",
    "currency",
    "department",
    "location",
    "cost_center",
    "allocated_from",
] %}
with
    rows_of_files as (
        {{ newest_rows("files", "ledger", key=key, newest_by="file_modified_at") }}
    ),
    named as (
        select
            *,
            replace(
                replace(lower(trim(account_type)), ' ', '_'), '-', '_'
            ) as type_name,
            md5(
                concat_ws(
                    '|',
                    {% for column in key %}
                        coalesce(cast({{ column }} as string), '')
                        {% if not loop.last %}, {% endif %}
                    {% endfor %}
                )
            ) as ledger_entry_id
        from rows_of_files
        where line_number > 0
    )
select
    cast(ledger_entry_id as string) as ledger_entry_id,
    -- The months of the Persian calendar begin on the 19th to the 24th.
    cast(
        case when day(entry_month) = 1 then 'month' else 'jalali_month' end as string
    ) as period_type,
    cast(trim(account_code) as string) as account_code,
    cast(nullif(trim(account_name), '') as string) as account_name,
    cast(
        case
            when type_name in ('revenue', 'income', 'sales')
            then 'revenue'
            when type_name in ('cost_of_sales', 'cost_of_goods_sold', 'cogs')
            then 'cost_of_sales'
            when
                type_name
                in ('operating_expense', 'operating_expenses', 'opex', 'expense')
            then 'operating_expense'
            when
                type_name
                in ('people_cost', 'people_costs', 'personnel', 'payroll', 'staff_cost')
            then 'people_cost'
            else 'other'
        end as string
    ) as account_type,
    cast(nullif(trim(department), '') as string) as department_name,
    cast(nullif(trim(location), '') as string) as location_name,
    cast(nullif(trim(cost_center), '') as string) as cost_center_code,
    cast(nullif(trim(allocated_from), '') as string) as allocated_from_code,
    cast(nullif(trim(description), '') as string) as description_text,
    cast(upper(trim(currency)) as string) as currency,
    cast(amount as decimal(18, 2)) as entry_amount,
    cast(entry_month as date) as entry_month,
    {{ loaded_at() }} as _loaded_at
from named
