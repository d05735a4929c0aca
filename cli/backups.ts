import { runPurgeCommand } from './run-purge.ts';

runPurgeCommand('backups');
