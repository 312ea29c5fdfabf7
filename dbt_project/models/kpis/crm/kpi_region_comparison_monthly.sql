-- K91: won deals of each region against the mean of the other regions.
-- Grain: one row per period_type, closed_month and region_name; dense, as kpi_deals.
with
    regions as (
        select *, case when scope_name = 'unknown' then 0 else 1 end as compared_flag
        from {{ ref("kpi_deals") }}
        where period_type in ('month', 'jalali_month') and scope_type = 'region'
    ),
    with_totals as (
        select
            *,
            sum(won_count) over (
                partition by period_type, period_start_date
            ) as total_won_count,
            sum(won_amount_base) over (
                partition by period_type, period_start_date
            ) as total_won_amount_base,
            case
                when compared_flag = 1
                then
                    sum(compared_flag) over (
                        partition by period_type, period_start_date
                    )
                    - 1
                else 0
            end as other_regions_count,
            sum(won_count * compared_flag) over (
                partition by period_type, period_start_date
            ) as compared_won_count,
            sum(case when compared_flag = 1 then won_amount_base else 0 end) over (
                partition by period_type, period_start_date
            ) as compared_won_amount_base,
            rank() over (
                partition by period_type, period_start_date, compared_flag
                order by won_count desc nulls last
            ) as won_count_rank,
            rank() over (
                partition by period_type, period_start_date, compared_flag
                order by won_amount_base desc nulls last
            ) as won_amount_rank
        from regions
    ),
    means as (
        select
            *,
            case
                when other_regions_count > 0
                then
                    {{
                        safe_ratio(
                            "compared_won_count - won_count", "other_regions_count"
                        )
                    }}
            end as other_regions_won_count_mean,
            case
                when other_regions_count > 0
                then
                    round(
                        {{
                            safe_ratio(
                                "compared_won_amount_base - won_amount_base",
                                "other_regions_count",
                            )
                        }},
                        6
                    )
            end as other_regions_won_amount_base_mean
        from with_totals
    ),
    final as (
        select
            cast(period_type as string) as period_type,
            cast(period_start_date as date) as closed_month,
            cast(scope_name as string) as region_name,
            is_complete,
            cast(won_count as bigint) as won_count,
            cast(won_amount_base as decimal(18, 2)) as won_amount_base,
            cast(won_without_amount_count as bigint) as won_without_amount_count,
            cast(won_unconverted_count as bigint) as won_unconverted_count,
            cast(other_regions_count as bigint) as other_regions_count,
            cast(
                other_regions_won_count_mean as double
            ) as other_regions_won_count_mean,
            cast(
                other_regions_won_amount_base_mean as double
            ) as other_regions_won_amount_base_mean,
            {{ safe_ratio("won_count", "other_regions_won_count_mean") }}
            as won_count_to_others_ratio,
            case
                when other_regions_won_amount_base_mean > 0
                then
                    {{
                        safe_ratio(
                            "won_amount_base", "other_regions_won_amount_base_mean"
                        )
                    }}
            end as won_amount_to_others_ratio,
            cast(
                case when other_regions_count > 0 then won_count_rank end as bigint
            ) as won_count_rank,
            cast(
                case when other_regions_count > 0 then won_amount_rank end as bigint
            ) as won_amount_rank,
            {{ safe_ratio("won_count", "total_won_count") }} as won_count_share,
            case
                when total_won_amount_base > 0
                then {{ safe_ratio("won_amount_base", "total_won_amount_base") }}
            end as won_amount_share
        from means
    )
select *
from final
