import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { LOG_PHRASE_IDS, LOG_PHRASES, LONGEST_TEXT, type LogPhraseId } from '../lambda/litellm/log-phrases.ts';
import type { ProxyLogSource } from '../lambda/snapshot/snapshot.ts';
import { UsageError } from './usage-error.ts';

const STDIN = '-';

/**
 * Counts the phrases in a log of the proxy, which is read once and in pieces, however long it or one of its lines is.
 * @param file `-` for the standard input
 * @throws UsageError when it cannot be read, or holds no line
 */
export async function readProxyLog(file: string): Promise<ProxyLogSource> {
  const log = await countPhrases(openLog(file)).catch((error: unknown) => {
    throw new UsageError(`--proxy-log: ${JSON.stringify(file)} cannot be read${codeOf(error)}.`);
  });
  if (log.total === 0) {
    throw new UsageError(`--proxy-log: ${file === STDIN ? 'the standard input' : JSON.stringify(file)} has no line.`);
  }
  return log;
}

function openLog(file: string): Readable {
  if (file !== STDIN) return createReadStream(file);
  if (process.stdin.isTTY) {
    throw new UsageError('--proxy-log - reads the standard input, which is the terminal. Pipe the log to it.');
  }
  return process.stdin;
}

/** The lines that have each phrase, as the metric filters of the stack count them: each line once. */
async function countPhrases(log: Readable): Promise<ProxyLogSource> {
  const lines = new Map<LogPhraseId, number>(LOG_PHRASE_IDS.map((id) => [id, 0]));
  let total = 0;
  let tail = '';
  let isOpen = false;
  let found = new Set<LogPhraseId>();
  // Every phrase is ASCII, so that it is the same in each encoding a log is likely to have.
  log.setEncoding('latin1');
  for await (const chunk of log) {
    const [first = '', ...rest] = String(chunk).split('\n');
    for (const [index, piece] of [first, ...rest].entries()) {
      if (index > 0) {
        total += 1;
        [tail, isOpen, found] = ['', false, new Set()];
      }
      // A phrase can begin in the piece before.
      const text = tail + piece;
      for (const id of LOG_PHRASE_IDS) {
        if (found.has(id) || !LOG_PHRASES[id].texts.some((phrase) => text.includes(phrase))) continue;
        found.add(id);
        lines.set(id, (lines.get(id) ?? 0) + 1);
      }
      isOpen ||= piece !== '';
      tail = text.slice(1 - LONGEST_TEXT);
    }
  }
  return { from: 'file', lines: Object.fromEntries(lines), total: total + (isOpen ? 1 : 0) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
}
