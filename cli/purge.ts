import { runPurgeCommand } from './run-purge.ts';

runPurgeCommand('purge');
