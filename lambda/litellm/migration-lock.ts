/** The key of the advisory lock that `prisma migrate` takes, so that one migration runs at a time (knowledge/litellm.md, section 4). */
export const MIGRATION_LOCK = 72_707_369;
