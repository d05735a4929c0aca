/** What the setup script makes the role a member of, and what these include. */
const KNOWN_GROUPS = [
  'rds_iam',
  'pg_monitor',
  'pg_read_all_settings',
  'pg_read_all_stats',
  'pg_stat_scan_tables',
  'pg_use_reserved_connections',
];
const PRIVILEGE_LIMIT = 50;
const LONGEST_NAME = 300;

/**
 * CTEs that list what the role may do beyond what the setup script grants: `excess`. They read catalogs alone: what was granted to the role
 * itself anywhere in the database is found through pg_shdepend, so that the cost does not grow with the database; what PUBLIC, a group of the
 * role or anyone else may do is looked for on LiteLLM's tables and on the auditor's schema only. They use the CTEs `me` and `audited`,
 * $4, the auditor's schema, and $7, the columns that are granted, jsonb {table: [column]}.
 */
export const PRIVILEGE_CTES = `
here AS (
  SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
), litellm_namespace AS (
  SELECT n.oid, n.nspowner, n.nspacl
    FROM pg_catalog.pg_namespace AS n
   WHERE n.nspname = (SELECT pg_catalog.min(nspname::pg_catalog.text) FROM audited)
), auditor_namespace AS (
  SELECT n.oid, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace AS n WHERE n.nspname = $4
), membership AS (
  SELECT r.oid, r.rolname,
         r.rolname IN (${KNOWN_GROUPS.map((name) => `'${name}'`).join(', ')}) AS known,
         pg_catalog.pg_has_role(me.oid, r.oid, 'USAGE') AS inherited,
         pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER WITH ADMIN OPTION') AS admin
    FROM pg_catalog.pg_roles AS r, me
   WHERE r.oid <> me.oid
     -- Whoever may act as the owner of the database is a member of it; nobody can be made one.
     AND r.rolname <> 'pg_database_owner'
     AND NOT me.rolsuper
     AND pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER')
), relation AS (
  SELECT c.oid, c.relname, c.relowner, c.relacl, 'litellm' AS place
    FROM pg_catalog.pg_class AS c
   WHERE c.relnamespace = (SELECT oid FROM litellm_namespace)
     AND (c.relname LIKE 'LiteLLM\\_%' OR c.relname = '_prisma_migrations') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL
  SELECT c.oid, c.relname, c.relowner, c.relacl, 'auditor'
    FROM pg_catalog.pg_class AS c
   WHERE c.relnamespace = (SELECT oid FROM auditor_namespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
), own AS (
  SELECT d.classid, d.objid, d.objsubid, d.deptype
    FROM pg_catalog.pg_shdepend AS d, me, here
   WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = me.oid
     AND d.deptype IN ('a', 'o') AND d.dbid IN (0, here.oid)
), held AS (
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS classid, r.oid AS objid, 0 AS objsubid, r.relacl AS acl, r.relowner AS owner, r.place
    FROM relation AS r
  UNION ALL
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, r.oid, a.attnum, a.attacl, r.relowner, r.place
    FROM relation AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attacl IS NOT NULL
  UNION ALL
  SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid, 0, COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)), n.nspowner, 'litellm'
    FROM litellm_namespace AS n
  UNION ALL
  SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid, 0, COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)), n.nspowner, 'auditor'
    FROM auditor_namespace AS n
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0, COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner)), p.proowner, 'auditor'
    FROM pg_catalog.pg_proc AS p
   WHERE p.pronamespace = (SELECT oid FROM auditor_namespace)
), elsewhere AS (
  SELECT o.classid, o.objid, o.objsubid,
         COALESCE(
           (SELECT c.relacl FROM pg_catalog.pg_class AS c
             WHERE o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.objsubid = 0 AND c.oid = o.objid),
           (SELECT a.attacl FROM pg_catalog.pg_attribute AS a
             WHERE o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.objsubid > 0 AND a.attrelid = o.objid AND a.attnum = o.objsubid),
           (SELECT n.nspacl FROM pg_catalog.pg_namespace AS n
             WHERE o.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND n.oid = o.objid),
           (SELECT p.proacl FROM pg_catalog.pg_proc AS p
             WHERE o.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = o.objid),
           (SELECT b.datacl FROM pg_catalog.pg_database AS b
             WHERE o.classid = 'pg_catalog.pg_database'::pg_catalog.regclass AND b.oid = o.objid)) AS acl
    FROM own AS o
   WHERE o.deptype = 'a'
     AND NOT EXISTS (SELECT FROM held AS h WHERE h.classid = o.classid AND h.objid = o.objid AND h.objsubid = o.objsubid)
), granted AS (
  SELECT h.classid, h.objid, h.objsubid, h.place, e.privilege_type, e.is_grantable, e.grantee,
         CASE WHEN e.grantee = 0 THEN 'public' WHEN e.grantee = me.oid THEN 'role'
              WHEN e.grantee IN (SELECT oid FROM membership) THEN 'group' ELSE 'other' END AS holder
    FROM held AS h CROSS JOIN me CROSS JOIN LATERAL pg_catalog.aclexplode(h.acl) AS e
   WHERE e.grantee <> h.owner
     -- What a group has that the role should not belong to is not listed: the membership is.
     AND (e.grantee IN (0, me.oid) OR e.grantee IN (SELECT oid FROM membership WHERE known)
          OR (h.place = 'auditor' AND e.grantee NOT IN (SELECT oid FROM membership)
              AND COALESCE(pg_catalog.shobj_description(e.grantee, 'pg_authid') NOT LIKE '%litellm-db-auditor%', true)))
  UNION ALL
  SELECT x.classid, x.objid, x.objsubid, 'elsewhere', e.privilege_type, e.is_grantable, e.grantee, 'role'
    FROM elsewhere AS x CROSS JOIN me CROSS JOIN LATERAL pg_catalog.aclexplode(x.acl) AS e
   WHERE e.grantee = me.oid
  UNION ALL
  SELECT x.classid, x.objid, x.objsubid, 'elsewhere', 'rights', false, me.oid, 'role'
    FROM elsewhere AS x, me
   WHERE x.acl IS NULL
), beyond AS (
  SELECT g.*
    FROM granted AS g, me
   WHERE NOT me.rolsuper
     AND (g.is_grantable OR NOT COALESCE(CASE
       WHEN g.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
         THEN g.privilege_type = 'USAGE' AND (g.place = 'litellm' OR (g.place = 'auditor' AND g.holder = 'role'))
       WHEN g.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass THEN g.place = 'auditor' AND g.holder = 'role'
       WHEN g.classid = 'pg_catalog.pg_database'::pg_catalog.regclass THEN g.privilege_type = 'CONNECT'
       WHEN g.place = 'litellm' AND g.objsubid > 0 AND g.privilege_type = 'SELECT' THEN (
         SELECT ($7::pg_catalog.jsonb -> c.relname::pg_catalog.text) ? a.attname::pg_catalog.text
           FROM pg_catalog.pg_class AS c
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = g.objsubid
          WHERE c.oid = g.objid)
       ELSE false END, false))
), excess AS (
  SELECT 1 AS rank, a.attribute AS "right", '' AS object, 'role' AS place, 'role' AS holder, me.rolname::pg_catalog.text AS name
    FROM me CROSS JOIN LATERAL (VALUES
      ('SUPERUSER', me.rolsuper), ('CREATEROLE', me.rolcreaterole), ('CREATEDB', me.rolcreatedb),
      ('REPLICATION', me.rolreplication), ('BYPASSRLS', me.rolbypassrls)) AS a (attribute, has)
   WHERE a.has
  UNION ALL
  SELECT 2, CASE WHEN m.admin THEN 'ADMIN' ELSE 'MEMBER' END, m.rolname, 'role', 'role', me.rolname
    FROM membership AS m, me
   WHERE m.admin OR NOT m.known
  UNION ALL
  SELECT 3, 'OWNER', COALESCE(pg_catalog.left(i.type || ' ' || i.identity, ${LONGEST_NAME}), 'something that was dropped'), 'elsewhere', 'role', me.rolname
    FROM own AS o CROSS JOIN me CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, o.objsubid) AS i
   WHERE o.deptype = 'o' AND NOT me.rolsuper
  UNION ALL
  SELECT 4, pg_catalog.string_agg(b.privilege_type || CASE WHEN b.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY b.privilege_type),
         COALESCE(pg_catalog.left(i.type || ' ' || i.identity, ${LONGEST_NAME}), 'something that was dropped'), b.place, b.holder, CASE WHEN b.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(b.grantee) END
    FROM beyond AS b CROSS JOIN LATERAL pg_catalog.pg_identify_object(b.classid, b.objid, b.objsubid) AS i
   GROUP BY i.type, i.identity, b.place, b.holder, b.grantee
)`;

/** The list of `excess` as one jsonb, and how long it would be in full. */
export const EXCESS_SQL = `
        'excess', (
          SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                   'right', x."right", 'object', x.object, 'place', x.place, 'holder', x.holder, 'name', x.name)), '[]')
            FROM (SELECT * FROM excess ORDER BY rank, place, object COLLATE pg_catalog."C", name COLLATE pg_catalog."C" LIMIT ${PRIVILEGE_LIMIT}) AS x),
        'excessCount', (SELECT pg_catalog.count(*) FROM excess)`;
