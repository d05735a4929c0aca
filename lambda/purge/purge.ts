/** What the handler loads only when there is something to do. */
export { runAutomaticPurge } from './automatic.ts';
export { publishOperation } from './publish.ts';
export { runOperation } from './run-operation.ts';
