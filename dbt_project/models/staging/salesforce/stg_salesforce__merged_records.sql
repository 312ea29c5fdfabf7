-- Former ids: records that were merged into a master, and leads that became a contact.
-- Grain: one row per record type and former id.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    accounts as (
        {{ newest_rows("salesforce", "accounts", newest_by="system_modstamp") }}
    ),
    contacts as (
        {{ newest_rows("salesforce", "contacts", newest_by="system_modstamp") }}
    ),
    leads as ({{ newest_rows("salesforce", "leads", newest_by="system_modstamp") }}),
    merged as (
        select
            'company' as record_type, id as merged_id, master_record_id as surviving_id
        from accounts
        union all
        select
            'contact' as record_type, id as merged_id, master_record_id as surviving_id
        from contacts
        union all
        select
            'contact' as record_type,
            id as merged_id,
            coalesce(
                master_record_id, case when is_converted then converted_contact_id end
            ) as surviving_id
        from leads
    )
select
    cast(record_type as string) as record_type,
    cast(merged_id as string) as merged_id,
    cast(surviving_id as string) as surviving_id
from merged
where surviving_id is not null and surviving_id <> merged_id
