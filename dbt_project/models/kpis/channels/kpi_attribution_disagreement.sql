-- How far the attribution models differ on a channel's part of net sales (K66).
-- Grain: one row per (period_type, period_start_date, channel_group_name) that any
-- model
-- credits. A model that fell back on another is not asked.
with
    attributions as (
        select *
        from {{ ref("kpi_channel_attribution") }}
        where scope_type = 'channel' and fallback_reason is null
    ),
    models as (
        select
            period_type,
            period_start_date,
            period_end_date,
            is_complete,
            attribution_model_name,
            max(total_net_sales_amount_base) as total_amount_base
        from attributions
        group by
            period_type,
            period_start_date,
            period_end_date,
            is_complete,
            attribution_model_name
    ),
    channels as (
        select period_type, period_start_date, scope_name
        from attributions
        group by period_type, period_start_date, scope_name
    ),
    -- A model that gives a channel nothing gives it the share 0.
    shares as (
        select
            models.period_type,
            models.period_start_date,
            models.period_end_date,
            models.is_complete,
            channels.scope_name,
            models.attribution_model_name,
            models.total_amount_base,
            case
                when models.total_amount_base > 0
                then coalesce(attributions.credited_net_sales_share, 0)
            end as credited_share
        from models
        inner join
            channels
            on models.period_type = channels.period_type
            and models.period_start_date = channels.period_start_date
        left join
            attributions
            on models.period_type = attributions.period_type
            and models.period_start_date = attributions.period_start_date
            and models.attribution_model_name = attributions.attribution_model_name
            and channels.scope_name = attributions.scope_name
    ),
    final as (
        select
            period_type,
            period_start_date,
            period_end_date,
            is_complete,
            scope_name,
            count(*) as model_count,
            min(credited_share) as min_share,
            max(credited_share) as max_share,
            max(total_amount_base) as total_amount_base
        from shares
        group by
            period_type, period_start_date, period_end_date, is_complete, scope_name
    )
select
    cast(period_type as string) as period_type,
    cast(scope_name as string) as channel_group_name,
    cast(is_complete as boolean) as is_complete,
    cast(
        coalesce(
            max_share - min_share > {{ var("attribution_disagreement_share") }}, false
        ) as boolean
    ) as is_undecidable,
    cast(model_count as bigint) as model_count,
    cast(total_amount_base as decimal(18, 2)) as total_net_sales_amount_base,
    cast(min_share as double) as min_credited_share,
    cast(max_share as double) as max_credited_share,
    cast(max_share - min_share as double) as disagreement_share,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
