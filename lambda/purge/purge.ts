/** What the handler loads late. */
export { announce } from './announce.ts';
export { treat } from './automatic.ts';
export { perform } from './operation.ts';
