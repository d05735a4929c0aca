-- Whether the role is the auditor's. To make somebody else's role an IAM user would stop its password login, and to revoke its rights would
-- stop what uses it. The auditor's own role has a mark, its comment; another one must look like a role that nobody uses.
IF auditor IN (CURRENT_USER, SESSION_USER) THEN
  RAISE EXCEPTION 'Role % runs this script, so it cannot be the auditor''s role. Nothing was changed.', auditor USING HINT = own_role_hint;
END IF;
IF lower(auditor) ~ '^(pg_|rds)' THEN
  RAISE EXCEPTION 'Role % belongs to PostgreSQL or to RDS, so it cannot be the auditor''s role. Nothing was changed.', auditor USING HINT = own_role_hint;
END IF;
SELECT r.oid,
       r.rolcanlogin AS can_log_in,
       r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls AS is_powerful,
       r.rolvaliduntil < 'infinity' AS password_expires,
       shobj_description(r.oid, 'pg_authid') AS comment
  INTO known_role
  FROM pg_roles AS r WHERE r.rolname = auditor;
IF FOUND THEN
  IF known_role.is_powerful THEN
    RAISE EXCEPTION 'Role % is SUPERUSER, CREATEROLE, CREATEDB, REPLICATION or BYPASSRLS, so it cannot be the auditor''s role. Nothing was changed.', auditor
      USING HINT = own_role_hint;
  END IF;
  is_marked := COALESCE(known_role.comment LIKE '%litellm-db-auditor%', false);
  -- What PUBLIC may do shows nothing about this role. Rights that were granted to the auditor's own role by mistake are revoked below.
  IF EXISTS (
    SELECT FROM pg_class AS c
     WHERE c.relname LIKE 'LiteLLM\_%' AND c.relkind IN ('r', 'p')
       AND (pg_has_role(auditor, c.relowner, 'MEMBER')
            OR NOT is_marked AND EXISTS (
              SELECT
                FROM (SELECT c.relacl AS acl
                      UNION ALL
                      SELECT a.attacl FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) AS held
               CROSS JOIN LATERAL aclexplode(held.acl) AS entry
               WHERE entry.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
                 AND pg_has_role(auditor, entry.grantee, 'MEMBER')))
  ) THEN
    RAISE EXCEPTION 'Role % can change LiteLLM''s tables, so it cannot be the auditor''s role. Nothing was changed.', auditor USING HINT = own_role_hint;
  END IF;
  IF NOT is_marked AND NOT {{adopt}} THEN
    {{signs_of_others}}
    IF cardinality(signs) > 0 THEN
      RAISE EXCEPTION 'Role % may belong to someone else: it %. Nothing was changed.', auditor, array_to_string(signs, ', ')
        USING HINT = own_role_hint || ' If this role is the auditor''s, print the script with --adopt.';
    END IF;
  END IF;
END IF;
