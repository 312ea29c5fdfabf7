-- Companies as organizations; the domain is that of the website.
-- Grain: one row per company, deleted ones included.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    companies as ({{ newest_rows("intercom", "companies") }}),
    hosts as (
        select
            companies.*,
            nullif(
                split_part(
                    replace(
                        replace(
                            replace(lower(trim(website)), 'https://', ''), 'http://', ''
                        ),
                        'www.',
                        ''
                    ),
                    '/',
                    1
                ),
                ''
            ) as host
        from companies
    )
select
    cast(id as string) as organization_id,
    cast(nullif(trim(name), '') as string) as organization_name,
    cast(
        case
            when position('"' in host) = 0 then '["' || host || '"]' else '[]'
        end as string
    ) as domain_names,
    coalesce(is_vanished, false) as is_deleted,
    cast(created_at as timestamp) as created_at,
    {{ loaded_at() }} as _loaded_at
from hosts
