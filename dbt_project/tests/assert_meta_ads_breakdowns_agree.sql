-- Fails if Meta's report by platform and the one by age and gender tell of different
-- impressions or spend of an account's day: one of them was not read whole. The last
-- days still move while they are read; cents are rounded in every row.
{{ config(enabled=is_vendor_used("meta_ads"), severity="warn") }}
with
    by_platform as (
        select
            account_id,
            activity_date,
            sum(impression_count) as impression_count,
            sum(spend_amount) as spend_amount
        from {{ ref("stg_meta_ads__ad_performance_daily") }}
        group by account_id, activity_date
    ),
    by_age_and_gender as (
        select
            account_id,
            activity_date,
            count(*) as row_count,
            sum(impression_count) as impression_count,
            sum(spend_amount) as spend_amount
        from {{ ref("stg_meta_ads__ad_demographics_daily") }}
        group by account_id, activity_date
    ),
    newest as (select max(activity_date) as newest_date from by_platform)
select
    coalesce(by_platform.account_id, by_age_and_gender.account_id) as account_id,
    coalesce(
        by_platform.activity_date, by_age_and_gender.activity_date
    ) as activity_date
from by_platform
full outer join
    by_age_and_gender
    on by_platform.account_id = by_age_and_gender.account_id
    and by_platform.activity_date = by_age_and_gender.activity_date
left join newest on 1 = 1
where
    {{
        days_between(
            "coalesce(by_platform.activity_date, by_age_and_gender.activity_date)",
            "newest.newest_date",
        )
    }} > 3
    and (
        coalesce(by_platform.impression_count, 0)
        <> coalesce(by_age_and_gender.impression_count, 0)
        or abs(
            coalesce(by_platform.spend_amount, 0)
            - coalesce(by_age_and_gender.spend_amount, 0)
        )
        > 0.01 * coalesce(by_age_and_gender.row_count, 1)
    )
