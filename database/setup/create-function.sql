  EXECUTE format($create$
    CREATE OR REPLACE FUNCTION {{name}}({{parameters}}) RETURNS jsonb
      LANGUAGE plpgsql {{properties}} SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp
      SET row_security = off
      AS %L
    $create$,
    replace(replace(replace($body$
{{body}}
$body$,
      '@table@', format('%I.%I', litellm_schema, '{{table}}')),
      '@table-name@', quote_literal(format('%I.%I', litellm_schema, '{{table}}'))),
      '@schema@', quote_literal(litellm_schema)));
