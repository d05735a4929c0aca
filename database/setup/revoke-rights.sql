-- Nobody keeps a right that this script does not grant: neither PUBLIC, nor those whom the site's default privileges name, nor anyone to
-- whom somebody granted one. Only on the auditor's own schema: elsewhere LiteLLM itself may live on such a right.
FOR target IN
  SELECT DISTINCT held.object,
         CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(entry.grantee)) END AS grantee
    FROM (SELECT format('SCHEMA %I', n.nspname) AS object, COALESCE(n.nspacl, acldefault('n', n.nspowner)) AS acl, n.nspowner AS owner
            FROM pg_namespace AS n
           WHERE n.nspname = auditor_schema
          UNION ALL
          SELECT format('%s %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass),
                 a.attacl, c.relowner
            FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
           WHERE c.relnamespace = to_regnamespace(quote_ident(auditor_schema)) AND c.relkind IN ('r', 'S')
          UNION ALL
          SELECT format('%s %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass), c.relacl, c.relowner
            FROM pg_class AS c
           WHERE c.relnamespace = to_regnamespace(quote_ident(auditor_schema)) AND c.relkind IN ('r', 'S')
          UNION ALL
          SELECT format('FUNCTION %s', p.oid::regprocedure), COALESCE(p.proacl, acldefault('f', p.proowner)), p.proowner
            FROM pg_proc AS p
           WHERE p.pronamespace = to_regnamespace(quote_ident(auditor_schema))) AS held
   CROSS JOIN LATERAL aclexplode(held.acl) AS entry
   WHERE entry.grantee <> held.owner
   ORDER BY 1, 2
LOOP
  EXECUTE format('REVOKE ALL ON %s FROM %s CASCADE', target.object, target.grantee);
END LOOP;
