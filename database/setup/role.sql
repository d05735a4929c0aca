-- The role itself, IAM login, and the right to see all sessions: for a role with CREATEROLE, such as the RDS master user.
IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = auditor) THEN
  BEGIN
    EXECUTE format('CREATE ROLE %I LOGIN', auditor);
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'Role % does not exist, and % cannot create it.', auditor, CURRENT_USER
      USING HINT = 'Run this script as the RDS master user first.';
  END;
END IF;
IF NOT is_marked THEN
  BEGIN
    EXECUTE format('COMMENT ON ROLE %I IS %L', auditor,
      COALESCE(shobj_description((SELECT r.oid FROM pg_roles AS r WHERE r.rolname = auditor), 'pg_authid') || '; ', '')
        || 'the role of litellm-db-auditor');
  EXCEPTION WHEN insufficient_privilege THEN
    -- The owner of LiteLLM's tables need not be allowed to. The role is then recognised by what it lacks, each time.
    NULL;
  END;
END IF;

FOREACH group_role IN ARRAY ARRAY['rds_iam', 'pg_monitor', 'pg_use_reserved_connections']::name[] LOOP
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_role) THEN
    -- pg_use_reserved_connections exists from PostgreSQL 16 on.
    IF group_role <> 'pg_use_reserved_connections' THEN
      RAISE WARNING 'Role % does not exist here, so % was not added to it.', group_role, auditor
        USING HINT = 'Is this an Amazon RDS or Aurora database?';
    END IF;
  ELSIF NOT pg_has_role(auditor, group_role, 'MEMBER') THEN
    BEGIN
      EXECUTE format('GRANT %I TO %I', group_role, auditor);
    EXCEPTION WHEN insufficient_privilege THEN
      -- The reserved slots let the auditor connect when all ordinary ones are taken; the audit works without them.
      IF group_role <> 'pg_use_reserved_connections' THEN
        RAISE WARNING 'Left to do as the RDS master user: GRANT % TO %', group_role, auditor;
      END IF;
    END;
  END IF;
END LOOP;
