declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** `createTableMs`: how long a new table is not usable, in milliseconds. */
  export default function dynalite(options: { readonly createTableMs: number }): Server;
}
