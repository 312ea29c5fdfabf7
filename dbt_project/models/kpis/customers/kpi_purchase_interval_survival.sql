-- K84: the share of purchases that no other has followed after so many days.
-- Grain: one row per (scope_type, scope_name, gap_days), as of snapshot_date.
with survival as (select * from {{ ref("int_purchase_gap_survival") }})
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(gap_days as bigint) as gap_days,
    cast(at_risk_count as bigint) as at_risk_count,
    cast(return_count as bigint) as return_count,
    cast(waiting_share as double) as waiting_share,
    {{ as_of_date() }} as snapshot_date
from survival
