-- Where each visit came from: its campaign, else the site that referred it, else
-- nobody.
-- Grain: one row per session_key.
with
    sessions as (select * from {{ ref("int_sessions") }}),
    sites as (select * from {{ ref("referring_sites") }}),
    hosts as (
        select referrer_host
        from sessions
        where referrer_host is not null
        group by referrer_host
    ),
    matched_hosts as (
        select
            hosts.referrer_host,
            sites.source_name,
            sites.site_type,
            row_number() over (
                partition by hosts.referrer_host
                order by
                    length(sites.host_pattern) desc nulls last,
                    sites.host_pattern asc nulls last
            ) as match_rank
        from hosts
        left join sites on hosts.referrer_host like sites.host_pattern
    ),
    known_hosts as (
        select
            referrer_host,
            coalesce(source_name, referrer_host) as source_name,
            site_type
        from matched_hosts
        where match_rank = 1
    ),
    known_sources as (
        select source_name, min(site_type) as site_type from sites group by source_name
    ),
    sourced as (
        select
            sessions.session_key,
            sessions.campaign_name,
            case
                when sessions.campaign_source_name is not null
                then sessions.campaign_source_name
                when hosts.site_type = 'payment' or hosts.referrer_host is null
                then 'direct'
                else hosts.source_name
            end as source_name,
            case
                when sessions.campaign_source_name is not null
                then coalesce(sessions.campaign_medium_name, 'none')
                when hosts.site_type = 'payment' or hosts.referrer_host is null
                then 'none'
                when hosts.site_type = 'search'
                then 'organic'
                else 'referral'
            end as medium_name
        from sessions
        left join known_hosts as hosts on sessions.referrer_host = hosts.referrer_host
    ),
    final as (
        select
            sourced.*,
            {{
                channel_group(
                    "sourced.source_name",
                    "sourced.medium_name",
                    "sourced.campaign_name",
                    "known_sources.site_type",
                )
            }} as channel_group_name
        from sourced
        left join known_sources on sourced.source_name = known_sources.source_name
    )
select
    cast(session_key as string) as session_key,
    cast(source_name as string) as source_name,
    cast(medium_name as string) as medium_name,
    cast(channel_group_name as string) as channel_group_name
from final
