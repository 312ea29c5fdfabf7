-- What the visits were last built from, so that a run rebuilds only what a load
-- touched.
-- A model that says meta.built_from starts anew where the last build is no beginning of
-- this one: other rules, an earlier as_of, events that are gone, an input built anew.
{% macro should_full_refresh() %}
    {% set asked = config.get("full_refresh") %}
    {% set wanted = flags.FULL_REFRESH if asked is none else asked %}
    {% if wanted or not execute or "built_from" not in config.get("meta", {}) %}
        {{ return(wanted) }}
    {% endif %}
    {{ return(not is_build_continued()) }}
{% endmacro %}

-- The table of the builds; a model's rows are replaced in the transaction of its own.
{% macro session_builds() -%}
    {{ api.Relation.create(schema="intermediate", identifier="session_builds") }}
{%- endmacro %}

-- Whether what this model was last built from is all still there, and as it was.
{% macro is_build_continued() %}
    {% set builds = load_relation(
        api.Relation.create(
            database=this.database,
            schema="intermediate",
            identifier="session_builds",
        )
    ) %}
    {% if not builds %} {{ return(false) }} {% endif %}
    {% set last %}
        select
            count(*) as build_count,
            sum(
                case
                    when
                        built.rules = '{{ env_var("PROJECT_FINGERPRINT", "") }}'
                        and built.as_of <= {{ as_of() }}
                        and built.input_build_id = {{ input_build_id() }}
                    then 0
                    else 1
                end
            ) as changed_count
        from {{ session_builds() }} as built
        where built.model_name = '{{ this.name }}'
    {% endset %}
    {% set found = run_query(last).rows[0] %}
    {% if found[0] == 0 or found[1] > 0 %} {{ return(false) }} {% endif %}
    {% if config.get("meta")["built_from"] != "loads" %} {{ return(true) }} {% endif %}
    {% set lost %}
        select count(*) as lost_count
        from {{ session_builds() }} as built
        left join
            {{ visitor_event_loads() }} as loads
            on built.vendor = loads.vendor
            and built.load_id = loads.load_id
            and built.event_count = loads.event_count
        where
            built.model_name = '{{ this.name }}'
            and built.load_id is not null
            and loads.load_id is null
    {% endset %}
    {{ return(run_query(lost).rows[0][0] == 0) }}
{% endmacro %}

-- int_visitor_event_loads by its place: hooks are no models and cannot ref it.
{% macro visitor_event_loads() -%}
    {{
        api.Relation.create(
            schema="intermediate", identifier="int_visitor_event_loads"
        )
    }}
{%- endmacro %}

-- Which whole build of the model's input this one stands on.
{% macro input_build_id() -%}
    {%- if config.get("meta")["built_from"] == "loads" -%} 'raw'
    {%- else -%}
        (
            select coalesce(max(input.build_id), '')
            from {{ session_builds() }} as input
            where input.model_name = '{{ config.get("meta")["built_from"] }}'
        )
    {%- endif -%}
{%- endmacro %}

-- A post-hook: writes down what the model was built from, in its transaction.
{% macro remember_build(built_from) %}
    {% if execute and flags.WHICH in ("run", "build") %}
        {% set is_continued = is_incremental() %}
        {% do run_query(
            "create table if not exists "
            ~ session_builds()
            ~ " (model_name string, vendor string, load_id string, event_count bigint, "
            ~ "last_happened_at timestamp, as_of timestamp, rules string, "
            ~ "build_id string, input_build_id string)"
        ) %}
        {% set build_id = "'" ~ invocation_id ~ "'" %}
        {% if is_continued %}
            {% set build_id = (
                "(select max(build_id) from "
                ~ session_builds()
                ~ " where model_name = '"
                ~ this.name
                ~ "')"
            ) %}
        {% endif %}
        {% set id = run_query("select " ~ build_id).rows[0][0] %}
        {% set input_id = run_query("select " ~ input_build_id()).rows[0][0] %}
        {% do run_query(
            "delete from "
            ~ session_builds()
            ~ " where model_name = '"
            ~ this.name
            ~ "'"
        ) %}
        {% set rows %}
            insert into {{ session_builds() }}
            select
                '{{ this.name }}' as model_name,
                loads.vendor,
                loads.load_id,
                loads.event_count,
                loads.last_happened_at,
                {{ as_of() }} as as_of,
                '{{ env_var("PROJECT_FINGERPRINT", "") }}' as rules,
                '{{ id }}' as build_id,
                '{{ input_id }}' as input_build_id
            from (select 1 as one) as build
            left join
                {% if built_from == "loads" %} {{ visitor_event_loads() }}
                {% else %} (select * from {{ visitor_event_loads() }} where 1 = 0)
                {% endif %} as loads
                on 1 = 1
        {% endset %}
        {% do run_query(rows) %}
    {% endif %}
{% endmacro %}

-- A condition on int_visitor_events: what is there now and was not at the last build.
{% macro is_new_event() %}
    {% set loads %}
        select loads.load_id
        from {{ visitor_event_loads() }} as loads
        left join
            {{ session_builds() }} as built
            on built.model_name = '{{ this.name }}'
            and built.vendor = loads.vendor
            and built.load_id = loads.load_id
        where built.load_id is null
    {% endset %}
    {% set last %}
        select
            max(built.as_of) as as_of,
            sum(
                case when built.last_happened_at > built.as_of then 1 else 0 end
            ) as future_count
        from {{ session_builds() }} as built
        where built.model_name = '{{ this.name }}'
    {% endset %}
    {% set ids = run_query(loads).columns[0].values() %}
    {% set as_of_then = run_query(last).rows[0] %}
    {%- set conditions = ["1 = 0"] -%}
    {%- if ids -%}
        {%- do conditions.append("load_id in ('" ~ ids | join("', '") ~ "')") -%}
    {%- endif -%}
    {%- if as_of_then[1] -%}
        {%- do conditions.append(
            "happened_at > cast('" ~ as_of_then[0] ~ "' as timestamp)"
        ) -%}
    {%- endif -%}
    {{ return("(" ~ conditions | join(" or ") ~ ")") }}
{% endmacro %}
