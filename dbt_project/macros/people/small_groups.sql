-- Convention 9: whether a group's value stays hidden. A group below minimum_group_size
-- is hidden, and the next smallest ones with it until those hidden together are as
-- many:
-- otherwise the total less the shown ones would tell. The groups of one `within` are
-- those that add up to a published total; people_count counts each person in one of
-- them.
{% macro is_hidden_group(people_count, within, group_name) -%}
    (
        {{ people_count }} < {{ var("minimum_group_size") }}
        or coalesce(
            sum({{ people_count }}) over (
                partition by {{ within | join(", ") }}
                order by
                    {{ people_count }} asc nulls last, {{ group_name }} asc nulls last
                rows between unbounded preceding and 1 preceding
            ),
            0
        )
        between 1 and {{ var("minimum_group_size") - 1 }}
    )
{%- endmacro %}
