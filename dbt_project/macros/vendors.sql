-- The vendors of a category, or of a list of categories, in the map's order ([] where
-- none is used).
{% macro vendors_of(category) %}
    {% set all_vendors = fromjson(env_var("VENDORS", tojson(var("vendors")))) %}
    {% set found = [] %}
    {% set categories = [category] if category is string else category %}
    {% for name in categories %}
        {% for vendor in all_vendors.get(name, []) if vendor not in found %}
            {% do found.append(vendor) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
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
