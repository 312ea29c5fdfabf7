-- Under which scopes each view of an article counts.
-- Grain: one row per (page_view_key, scope_type, scope_name).
with
    views as (select * from {{ ref("fct_page_views") }}),
    article_scopes as (select * from {{ ref("int_article_scopes") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    view_scopes as (
        {% for scope_type, scope_name in [
            ("source", "source_name"),
            ("channel", "channel_group_name"),
            ("device", "device_type"),
        ] %}
            select
                page_view_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name
            from views
            union all
        {% endfor %}
        select
            views.page_view_key,
            'age_group' as scope_type,
            coalesce(customers.age_group_name, 'unknown') as scope_name
        from views
        left join customers on views.customer_key = customers.customer_key
        union all
        select views.page_view_key, article_scopes.scope_type, article_scopes.scope_name
        from views
        inner join article_scopes on views.article_key = article_scopes.article_key
    )
select
    view_scopes.page_view_key,
    view_scopes.scope_type,
    view_scopes.scope_name,
    views.article_key,
    views.layout_version,
    views.reader_key,
    views.is_measured,
    views.is_short_page,
    views.is_engaged,
    views.is_read_through,
    views.engaged_seconds,
    views.scroll_depth_share,
    views.view_date
from view_scopes
inner join views on view_scopes.page_view_key = views.page_view_key
