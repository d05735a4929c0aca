-- Those of an earlier release, which took other parameters.
FOR target IN
  SELECT p.oid::regprocedure AS signature
    FROM pg_proc AS p
   WHERE p.pronamespace = to_regnamespace(quote_ident(auditor_schema))
     AND p.oid <> ALL (array_remove(ARRAY[
       {{signatures}}]::oid[], NULL))
   ORDER BY 1
LOOP
  EXECUTE format('DROP FUNCTION %s', target.signature);
END LOOP;
