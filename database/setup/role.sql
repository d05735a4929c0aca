-- Part 1, for a role with CREATEROLE (the RDS master user): the role itself, IAM login, and the right to see all sessions.
DO $setup$
DECLARE
  auditor CONSTANT pg_catalog.name := {{role}};
  wanted pg_catalog.name;
BEGIN
  SET LOCAL search_path = pg_catalog, pg_temp;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = auditor) THEN
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN', auditor);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'Role % does not exist, and % cannot create it.', auditor, CURRENT_USER
        USING HINT = 'Run this script as the RDS master user first.';
    END;
  END IF;

  {{guard}}

  FOREACH wanted IN ARRAY ARRAY['rds_iam', 'pg_monitor', 'pg_use_reserved_connections']::name[] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      -- pg_use_reserved_connections exists from PostgreSQL 16 on.
      IF wanted <> 'pg_use_reserved_connections' THEN
        RAISE WARNING 'Role % does not exist here, so % was not added to it.', wanted, auditor
          USING HINT = 'Is this an Amazon RDS or Aurora database?';
      END IF;
    ELSIF NOT pg_has_role(auditor, wanted, 'MEMBER') THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', wanted, auditor);
      EXCEPTION WHEN insufficient_privilege THEN
        -- The reserved slots let the auditor connect when all ordinary ones are taken; the audit works without them.
        IF wanted <> 'pg_use_reserved_connections' THEN
          RAISE WARNING 'Left to do as the RDS master user: GRANT % TO %', wanted, auditor;
        END IF;
      END;
    END IF;
  END LOOP;
END
$setup$;
