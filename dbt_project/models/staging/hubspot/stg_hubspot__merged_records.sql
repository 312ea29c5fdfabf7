-- Which former record ids a surviving record swallowed, as the survivor lists them.
-- Grain: one row per record type, former id and record that lists it.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    listed as (
        {% for plural, singular in {
            "companies": "company",
            "contacts": "contact",
            "deals": "deal",
        }.items() %}
            select
                '{{ singular }}' as record_type,
                id as surviving_id,
                {{ explode_text("hs_merged_object_ids", ";") }} as merged_id
            from ({{ newest_rows("hubspot", plural) }}) as {{ plural }}
            union all
        {% endfor %}
        select
            'contact' as record_type,
            id as surviving_id,
            -- 'id:epoch milliseconds', separated by ';'
            {{ explode_text("hs_calculated_merged_vids", ";") }} as merged_id
        from ({{ newest_rows("hubspot", "contacts") }}) as contacts
    ),
    ids as (
        select
            record_type, surviving_id, trim(split_part(merged_id, ':', 1)) as merged_id
        from listed
    )
select
    cast(record_type as string) as record_type,
    cast(merged_id as string) as merged_id,
    cast(surviving_id as string) as surviving_id
from ids
-- A survivor may list itself.
where merged_id <> '' and merged_id <> surviving_id
group by record_type, merged_id, surviving_id
