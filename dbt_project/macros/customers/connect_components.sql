-- A pre-hook: writes the connected components of a graph into the table
-- <model>__components (node, component), set-wise, in rounds. Each round every node
-- points to its smallest neighbour, then to where that one points, and the graph
-- shrinks to what is left between different targets. Node numbers follow a hash, so
-- that a chain shrinks to a part of its length in each round, too. It ends when no
-- edge is left.
{% macro connect_components(edges) %}
    {% if execute and flags.WHICH in ["build", "run", "test"] %}
        {% set table = this.schema ~ "." ~ this.identifier ~ "__" %}
        {% do component_step(
            table ~ "nodes",
            "select node, row_number() over (order by md5(node) asc nulls last, node "
            ~ "asc nulls last) as number from (select from_node as node from "
            ~ edges
            ~ " union select to_node as node from "
            ~ edges
            ~ ") as every_node",
        ) %}
        {% do component_step(
            table ~ "labels_0",
            "select number, number as label from " ~ table ~ "nodes",
        ) %}
        {% do component_step(
            table ~ "edges_0",
            "select distinct least(a.number, b.number) as low, "
            ~ "greatest(a.number, b.number) as high from "
            ~ edges
            ~ " as edges inner join "
            ~ table
            ~ "nodes as a on edges.from_node = a.node inner join "
            ~ table
            ~ "nodes as b on edges.to_node = b.node where a.number <> b.number",
        ) %}
        {% set rounds = namespace(done=0, is_finished=false) %}
        {% for round in range(1000) if not rounds.is_finished %}
            {% set edge_count = (
                run_query("select count(*) from " ~ table ~ "edges_" ~ round)
                .columns[0]
                .values()[0]
            ) %}
            {% if edge_count == 0 %} {% set rounds.is_finished = true %}
            {% else %}
                {{ component_round(table, round) }} {% set rounds.done = round + 1 %}
            {% endif %}
        {% endfor %}
        {% do component_step(
            table ~ "components",
            "select nodes.node, labels.label as component from "
            ~ table
            ~ "nodes as nodes inner join "
            ~ table
            ~ "labels_"
            ~ rounds.done
            ~ " as labels on nodes.number = labels.number",
        ) %}
        {% for name in ["nodes", "labels_" ~ rounds.done, "edges_" ~ rounds.done] %}
            {% do run_query("drop table if exists " ~ table ~ name) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

-- One round of connect_components: shrinks the edges, and relabels the nodes.
{% macro component_round(table, round) %}
    {% set edges = table ~ "edges_" ~ round %}
    {% set labels = table ~ "labels_" ~ round %}
    {% do component_step(
        table ~ "nearest",
        "select number, min(target) as target from (select low as number, low as "
        ~ "target from "
        ~ edges
        ~ " union all select high as number, low as target from "
        ~ edges
        ~ ") as pairs group by number",
    ) %}
    {% do component_step(
        table ~ "targets",
        "select a.number, c.target from "
        ~ table
        ~ "nearest as a inner join "
        ~ table
        ~ "nearest as b on a.target = b.number inner join "
        ~ table
        ~ "nearest as c on b.target = c.number",
    ) %}
    {% do component_step(
        table ~ "edges_" ~ (round + 1),
        "select distinct least(a.target, b.target) as low, greatest(a.target, b.target) "
        ~ "as high from "
        ~ edges
        ~ " as edges inner join "
        ~ table
        ~ "targets as a on edges.low = a.number inner join "
        ~ table
        ~ "targets as b on edges.high = b.number where a.target <> b.target",
    ) %}
    {% do component_step(
        table ~ "labels_" ~ (round + 1),
        "select labels.number, coalesce(targets.target, labels.label) as label from "
        ~ labels
        ~ " as labels left join "
        ~ table
        ~ "targets as targets on labels.label = targets.number",
    ) %}
    {% for name in [edges, labels, table ~ "nearest", table ~ "targets"] %}
        {% do run_query("drop table if exists " ~ name) %}
    {% endfor %}
{% endmacro %}

-- Replaces a table by a query's rows, in words that both engines know.
{% macro component_step(table, query) %}
    {% do run_query("drop table if exists " ~ table) %}
    {% do run_query("create table " ~ table ~ " as " ~ query) %}
{% endmacro %}

-- The table that connect_components wrote for this model.
{% macro found_components() -%}
    {{ this.schema }}.{{ this.identifier }}__components
{%- endmacro %}
