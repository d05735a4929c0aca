import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits until its standard input ends, which it does however the parent ends, then stops the server whose data is in "$1/data" and removes
 * "$1". It retries for at most 20 s, because a server may be just starting.
 */
const SCRIPT = `
trap '' HUP INT TERM
cat > /dev/null
left=200
while [ -e "$1" ] && [ $left -gt 0 ]; do
  left=$((left - 1))
  pid=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)
  if [ -n "$pid" ] && kill -INT "$pid" 2> /dev/null; then sleep 0.1; else rm -rf "$1" 2> /dev/null || sleep 0.1; fi
done
`;

/**
 * Starts a shell that outlives this process just long enough to stop PostgreSQL and remove its folder: after a crash or SIGKILL too, where no
 * handler in this process could.
 *
 * @param folder holds the data folder `data`
 * @returns a function that makes it do so now, and resolves when it has
 */
export function startReaper(folder: string): () => Promise<void> {
  // Detached: Ctrl-C in a terminal goes to the whole process group.
  const reaper = spawn('sh', ['-c', SCRIPT, 'sandbox-reaper', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(reaper, 'exit');
  return async () => {
    reaper.stdin.end();
    await ended;
  };
}
