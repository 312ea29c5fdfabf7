-- Host and path of a URL as one text, alike for every way in which a link may write
-- them. Paths keep their case: servers tell it apart.
{% macro page_address(url) -%}
    {% set bare = "split_part(split_part(" ~ url ~ ", '?', 1), '#', 1)" %}
    {% set rest = "split_part(" ~ bare ~ ", '://', 2)" %}
    {% set path = (
        "substr(" ~ rest ~ ", length(split_part(" ~ rest ~ ", '/', 1)) + 1)"
    ) %}
    {{ url_host(bare) }} || {{ url_decoded("trim(trailing '/' from " ~ path ~ ")") }}
{%- endmacro %}
