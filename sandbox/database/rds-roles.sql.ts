/** The roles that RDS makes, LiteLLM's own, and their passwords. `litellm` has none: it is an IAM user. */
export const MASTER_USER = 'master';
export const LITELLM_USER = 'litellm';
/** An older proxy's user, who still logs in with a password and so may come without TLS. */
export const PASSWORD_USER = 'litellm_legacy';

/** RDS makes it when an RDS Proxy is put before a database. */
export const RDS_PROXY_USER = 'rdsproxyadmin';

export interface RolesOptions {
  /** For the master user and the password user. */
  readonly password: string;
  /** Whether the master user may act as the owner of LiteLLM's tables. */
  readonly masterIsMember: boolean;
  readonly major: number;
}

/** Before PostgreSQL 16, CREATEROLE alone is enough to grant any role that is no superuser's. */
const GRANT_OPTIONS = `
GRANT rds_iam TO ${MASTER_USER} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT pg_monitor, pg_read_all_stats TO ${MASTER_USER} WITH ADMIN OPTION;
`;

/**
 * SQL for the superuser. As on RDS the master user is no superuser; rds_iam and pg_monitor it may grant, which takes ADMIN OPTION.
 * It holds rds_iam without INHERIT and SET: it may hand it on and is no IAM user itself.
 */
export function rdsRolesSql({ password, masterIsMember, major }: RolesOptions): string {
  return `
CREATE ROLE rds_iam;
CREATE ROLE rds_superuser;
GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION;

CREATE ROLE ${MASTER_USER} LOGIN CREATEROLE CREATEDB PASSWORD '${password}';
GRANT rds_superuser TO ${MASTER_USER};
${major >= 16 ? GRANT_OPTIONS : ''}
CREATE ROLE ${LITELLM_USER} LOGIN;
GRANT rds_iam TO ${LITELLM_USER};
${masterIsMember ? `GRANT ${LITELLM_USER} TO ${MASTER_USER};` : ''}
CREATE ROLE ${PASSWORD_USER} LOGIN PASSWORD '${password}';
CREATE ROLE ${RDS_PROXY_USER} LOGIN PASSWORD '${password}';
`;
}
