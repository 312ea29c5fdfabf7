{#- Creates the tables of the source `predictions` that nothing has filled yet. -#}
{% macro create_prediction_tables() %}
    {% if execute and flags.WHICH in ("run", "build", "test") %}
        {% for source in graph.sources.values() if source.source_name == "predictions" %}
            {% set relation = api.Relation.create(
                schema=source.schema, identifier=source.identifier
            ) %}
            {% set types = [] %}
            {% for column in source.columns.values() %}
                {% do types.append(column.name ~ " " ~ column.data_type) %}
            {% endfor %}
            {% do run_query("create schema if not exists " ~ source.schema) %}
            {% do run_query(
                "create table if not exists "
                ~ relation.include(database=false)
                ~ " ("
                ~ types
                | join(", ") ~ ")"
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
