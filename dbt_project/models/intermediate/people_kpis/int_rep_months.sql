-- What a sales rep won in each month since he was hired. A rep is an owner whom a deal
-- has ever named, and whose person HR employs.
-- Grain: one row per (spell_key, employee_key, tenure_month_number) that began before
-- the run's day and the separation, and no earlier than the CRM's first deal.
with
    employees as (select * from {{ ref("dim_employees") }}),
    records as (
        select * from {{ ref("dim_people_records") }} where record_type = 'owner'
    ),
    spells as (select * from {{ ref("fct_employment_spells") }}),
    deals as (select * from {{ ref("fct_deals") }}),
    months as (
        select cast(month_number as int) as tenure_month_number
        from range(0, 720) as months(month_number)
    ),
    owners as (
        select employee_key
        from {{ ref("int_deal_owner_intervals") }}
        group by employee_key
    ),
    crm as (select min(created_date) as first_date from deals),
    reps as (
        select
            spells.spell_key,
            employees.employee_key,
            employees.team_name,
            spells.hire_date,
            crm.first_date,
            least(spells.separation_date, {{ as_of_date() }}) as until_date
        from owners
        inner join employees on owners.employee_key = employees.employee_key
        inner join
            records
            on employees.vendor = records.vendor
            and employees.employee_id = records.record_id
        inner join spells on records.person_key = spells.person_key
        cross join crm
    ),
    rep_months as (
        select
            reps.spell_key,
            reps.employee_key,
            reps.team_name,
            months.tenure_month_number,
            {{ whole_months("reps.hire_date", "reps.until_date") }}
            > months.tenure_month_number as is_whole
        from reps
        inner join
            months
            on {{ whole_months("reps.hire_date", "(reps.until_date - 1)") }}
            >= months.tenure_month_number
            and {{ whole_months("reps.hire_date", "(reps.first_date - 1)") }}
            < months.tenure_month_number
    ),
    won as (
        select
            reps.spell_key,
            reps.employee_key,
            {{ whole_months("reps.hire_date", "deals.close_date") }}
            as tenure_month_number,
            count(*) as won_deal_count,
            count(*) filter (
                where deals.deal_amount is not null and deals.deal_amount_base is null
            ) as unconverted_deal_count,
            sum(deals.deal_amount_base) as won_amount_base
        from deals
        inner join
            reps
            on deals.closing_employee_key = reps.employee_key
            and deals.close_date >= reps.hire_date
            and deals.close_date < reps.until_date
        where deals.is_won
        group by
            reps.spell_key,
            reps.employee_key,
            {{ whole_months("reps.hire_date", "deals.close_date") }}
    )
select
    cast(rep_months.spell_key as string) as spell_key,
    cast(rep_months.employee_key as string) as employee_key,
    cast(rep_months.team_name as string) as team_name,
    cast(rep_months.tenure_month_number as int) as tenure_month_number,
    rep_months.is_whole,
    cast(coalesce(won.won_deal_count, 0) as bigint) as won_deal_count,
    cast(coalesce(won.unconverted_deal_count, 0) as bigint) as unconverted_deal_count,
    cast(coalesce(won.won_amount_base, 0) as decimal(18, 2)) as won_amount_base
from rep_months
left join
    won
    on rep_months.spell_key = won.spell_key
    and rep_months.employee_key = won.employee_key
    and rep_months.tenure_month_number = won.tenure_month_number
