-- What would be lost without a channel, by the Markov chain of the run before this
-- half of the build.
-- Grain: one row per channel_group_name.
select
    cast(channel_group_name as string) as channel_group_name,
    cast(removal_effect_share as double) as removal_effect_share,
    cast(order_count as bigint) as order_count,
    cast(path_count as bigint) as path_count
from {{ source("predictions", "channel_removal_effects") }}
