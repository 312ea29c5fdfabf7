-- The vendors of a category, in the map's order ([] where the category is not used).
{% macro vendors_of(category) %}
    {{
        return(
            fromjson(env_var("VENDORS", tojson(var("vendors")))).get(category, [])
        )
    }}
{% endmacro %}

-- Whether any category names the vendor: every model of its staging folder says
-- config(enabled=is_vendor_used("<vendor>")).
{% macro is_vendor_used(vendor) %}
    {% set all_vendors = fromjson(env_var("VENDORS", tojson(var("vendors")))) %}
    {% for vendors in all_vendors.values() %}
        {% if vendor in vendors %} {{ return(true) }} {% endif %}
    {% endfor %}
    {{ return(false) }}
{% endmacro %}
