-- A text without the character references that WordPress writes into names and titles.
{% macro plain_text(value) -%}
    replace(
        replace(
            replace(
                replace(
                    replace(
                        replace(replace({{ value }}, '&lt;', '<'), '&gt;', '>'),
                        '&quot;',
                        '"'
                    ),
                    '&#039;',
                    chr(39)
                ),
                '&#8217;',
                '’'
            ),
            '&#8211;',
            '–'
        ),
        '&amp;',
        '&'
    )
{%- endmacro %}
