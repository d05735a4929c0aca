/** Plain JSON, as evidence and reports carry it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
