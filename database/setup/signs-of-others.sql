signs := array_remove(ARRAY[
  CASE WHEN NOT known_role.can_log_in THEN 'cannot log in, as a group' END,
  CASE WHEN known_role.password_expires THEN 'has a password that expires' END,
  CASE WHEN EXISTS (
    SELECT FROM pg_stat_activity AS s
     WHERE s.usesysid = known_role.oid AND s.application_name IS DISTINCT FROM 'litellm-db-auditor'
  ) THEN 'has sessions' END,
  CASE WHEN EXISTS (
    SELECT FROM pg_shdepend AS d
     WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = known_role.oid AND d.deptype = 'o'
  ) THEN 'owns objects' END,
  -- Who created it may grant it, and from PostgreSQL 16 on is listed as a member that cannot act as it.
  CASE WHEN EXISTS (
    SELECT FROM pg_auth_members AS m
     WHERE m.roleid = known_role.oid
       AND (COALESCE((to_jsonb(m) ->> 'set_option')::boolean, true) OR COALESCE((to_jsonb(m) ->> 'inherit_option')::boolean, true))
  ) THEN 'has members' END,
  (SELECT 'belongs to ' || string_agg(quote_ident(g.rolname), ', ' ORDER BY g.rolname)
     FROM pg_auth_members AS m
     JOIN pg_roles AS g ON g.oid = m.roleid
    WHERE m.member = known_role.oid
      AND (m.admin_option OR g.rolname NOT IN ('rds_iam', 'pg_monitor', 'pg_read_all_stats', 'pg_use_reserved_connections'))),
  -- Rights in other databases cannot be read from here. They tell nothing when there is no membership left that could change its login.
  CASE WHEN EXISTS (
    SELECT FROM pg_shdepend AS d
     WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = known_role.oid AND d.deptype = 'a'
       AND d.dbid NOT IN (0, (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database()))
  ) AND EXISTS (
    SELECT FROM pg_roles AS g
     WHERE g.rolname IN ('rds_iam', 'pg_monitor') AND NOT pg_has_role(known_role.oid, g.oid, 'MEMBER')
  ) THEN 'has rights in another database' END,
  (SELECT 'has rights on ' || string_agg(u.object, ', ' ORDER BY u.object)
     FROM (SELECT DISTINCT held.object
             FROM (SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS object, d.classid, d.objid, d.objsubid,
                          COALESCE(
                            (SELECT a.attacl FROM pg_attribute AS a
                              WHERE d.classid = 'pg_class'::regclass AND d.objsubid > 0 AND a.attrelid = d.objid AND a.attnum = d.objsubid),
                            (SELECT n.nspacl FROM pg_namespace AS n WHERE d.classid = 'pg_namespace'::regclass AND n.oid = d.objid),
                            (SELECT b.datacl FROM pg_database AS b WHERE d.classid = 'pg_database'::regclass AND b.oid = d.objid),
                            (SELECT p.proacl FROM pg_proc AS p WHERE d.classid = 'pg_proc'::regclass AND p.oid = d.objid)) AS acl
                     FROM pg_shdepend AS d
                    WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = known_role.oid AND d.deptype = 'a'
                      AND d.dbid IN (0, (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database()))) AS held
            WHERE held.acl IS NULL
               OR EXISTS (
                 SELECT FROM aclexplode(held.acl) AS entry
                  WHERE entry.grantee = known_role.oid
                    AND (entry.is_grantable
                         OR NOT COALESCE(CASE
                              WHEN held.classid = 'pg_database'::regclass THEN entry.privilege_type = 'CONNECT'
                              WHEN held.classid = 'pg_namespace'::regclass THEN entry.privilege_type = 'USAGE'
                                AND held.objid IN (to_regnamespace(quote_ident(litellm_schema)), to_regnamespace(quote_ident(auditor_schema)))
                              WHEN held.classid = 'pg_proc'::regclass THEN (
                                SELECT p.pronamespace = to_regnamespace(quote_ident(auditor_schema)) FROM pg_proc AS p WHERE p.oid = held.objid)
                              ELSE entry.privilege_type = 'SELECT' AND EXISTS (
                                SELECT
                                  FROM (VALUES
                                    {{known_columns}}) AS known (table_name, column_name)
                                  JOIN pg_class AS c ON c.relname = known.table_name AND c.oid = held.objid
                                  JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = litellm_schema
                                  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = known.column_name
                                 WHERE a.attnum = held.objsubid)
                            END, false)))
            ORDER BY held.object
            LIMIT 5) AS u)
], NULL);
