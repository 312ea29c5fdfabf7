-- What became of each newsletter that was sent (K57).
-- Grain: one row per (vendor, send_id).
with
    sends as (select * from {{ ref("int_newsletter_sends") }}),
    newsletters as (select * from {{ ref("int_newsletters") }}),
    copies as (select * from {{ ref("fct_newsletter_copies") }}),
    counted as (
        select
            vendor,
            send_id,
            count(*) as sent_count
            {%- for flag, name in [
                ("was_delivered", "delivered"),
                ("was_rejected", "rejected"),
                ("was_opened", "opened"),
                ("was_opened_by_machine", "machine_opened"),
                ("was_clicked", "clicked"),
                ("was_clicked_by_machine", "machine_clicked"),
                ("has_complained", "complained"),
                ("has_unsubscribed", "unsubscribed"),
            ] %}
                , sum(case when {{ flag }} then 1 else 0 end) as {{ name }}_count
            {%- endfor %}
        from copies
        group by vendor, send_id
    ),
    final as (
        select
            sends.vendor,
            sends.send_id,
            sends.article_id,
            sends.newsletter_id,
            newsletters.newsletter_name,
            sends.subject,
            sends.is_open_tracked,
            sends.sent_at,
            sends.delivered_count as vendor_delivered_count,
            sends.opened_count as vendor_opened_count,
            sends.clicked_count as vendor_clicked_count,
            coalesce(counted.sent_count, 0) as sent_count,
            coalesce(counted.delivered_count, 0) as delivered_count,
            coalesce(counted.rejected_count, 0) as rejected_count,
            coalesce(counted.complained_count, 0) as complained_count,
            coalesce(counted.unsubscribed_count, 0) as unsubscribed_count,
            -- What is not tracked is unknown, not nobody.
            case
                when sends.is_open_tracked then coalesce(counted.opened_count, 0)
            end as opened_count,
            case
                when sends.is_open_tracked
                then coalesce(counted.machine_opened_count, 0)
            end as machine_opened_count,
            case
                when sends.clicked_count is not null
                then coalesce(counted.clicked_count, 0)
            end as clicked_count,
            case
                when sends.clicked_count is not null
                then coalesce(counted.machine_clicked_count, 0)
            end as machine_clicked_count
        from sends
        left join
            counted on sends.vendor = counted.vendor and sends.send_id = counted.send_id
        left join
            newsletters
            on sends.vendor = newsletters.vendor
            and sends.newsletter_id = newsletters.newsletter_id
    )
select
    cast(vendor as string) as vendor,
    cast(send_id as string) as send_id,
    cast(article_id as string) as article_id,
    cast(newsletter_id as string) as newsletter_id,
    cast(newsletter_name as string) as newsletter_name,
    cast(subject as string) as subject,
    cast(is_open_tracked as boolean) as is_open_tracked,
    cast(
        {{ local_date("sent_at") }} > {{ as_of_date() }} - 7 as boolean
    ) as is_provisional,
    cast(sent_count as bigint) as sent_count,
    cast(rejected_count as bigint) as rejected_count,
    cast(delivered_count as bigint) as delivered_count,
    cast(opened_count as bigint) as opened_count,
    cast(machine_opened_count as bigint) as machine_opened_count,
    cast(opened_count - machine_opened_count as bigint) as reliable_opened_count,
    cast(clicked_count as bigint) as clicked_count,
    cast(machine_clicked_count as bigint) as machine_clicked_count,
    cast(complained_count as bigint) as complained_count,
    cast(unsubscribed_count as bigint) as unsubscribed_count,
    cast(vendor_delivered_count as bigint) as vendor_delivered_count,
    cast(vendor_opened_count as bigint) as vendor_opened_count,
    cast(vendor_clicked_count as bigint) as vendor_clicked_count,
    {{ safe_ratio("sent_count - rejected_count", "sent_count") }} as accepted_rate,
    {{ safe_ratio("opened_count", "delivered_count") }} as open_rate,
    {{ safe_ratio("opened_count - machine_opened_count", "delivered_count") }}
    as reliable_open_rate,
    {{ safe_ratio("clicked_count", "delivered_count") }} as click_rate,
    {{ safe_ratio("clicked_count", "opened_count") }} as click_to_open_rate,
    {{ safe_ratio("unsubscribed_count", "delivered_count") }} as unsubscribe_rate,
    {{ safe_ratio("complained_count", "delivered_count") }} as complaint_rate,
    cast({{ local_date("sent_at") }} as date) as send_date,
    cast(sent_at as timestamp) as sent_at
from final
