/** Plain JSON, as evidence and reports carry it; a field that is undefined is left out when it is written. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };
