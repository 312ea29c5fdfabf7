-- Countries of the company's regions file and the region that each belongs to.
-- Grain: one row per country_name.
select
    cast(country_name as string) as country_name,
    -- Two files may name one country.
    cast(min(region_name) as string) as region_name
from {{ ref("int_country_regions") }}
group by country_name
