/**
 * Does what Lambda's Node.js runtime does inside the function's process: loads the handler, asks the Runtime API for an event, calls the
 * handler, posts what it returns or throws, and asks again. Plain JavaScript: stripping types would add 18 MB and 100 ms to the measurements.
 */
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const environment = process.env;
const api = `http://${environment.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

/** An error of Lambda itself, before the handler runs. Its name becomes the errorType. */
class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/** @returns {Promise<{ headers: import('node:http').IncomingHttpHeaders, body: string }>} */
function call(method, path, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    // A new connection for each call: the other side may close an idle one while the handler runs.
    const outgoing = request(`${api}${path}`, { method, agent: false, headers }, async (response) => {
      try {
        const chunks = await Array.fromAsync(response);
        resolve({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.on('error', reject).end(body);
  });
}

/** The largest resident set since the start, in bytes. getrusage would include the parent's: Linux keeps that through exec. */
function peakMemory() {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kibibytes) return Number(kibibytes) * 1024;
  } catch {
    // No /proc: not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

function describe(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

async function loadHandler() {
  const [file, name] = String(environment._HANDLER).split('.');
  const path = ['mjs', 'js', 'cjs']
    .map((extension) => join(String(environment.LAMBDA_TASK_ROOT), `${file}.${extension}`))
    .find(existsSync);
  if (!path) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const module = await import(pathToFileURL(path).href);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${environment._HANDLER} is undefined or not exported`);
  }
  if (handler.length > 2) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    );
  }
  return handler;
}

function lambdaContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

async function invoke(handler, event, context) {
  try {
    const result = await handler(JSON.parse(event), context);
    return { outcome: 'response', body: JSON.stringify(result === undefined ? null : result) };
  } catch (error) {
    return { outcome: 'error', body: JSON.stringify(describe(error)) };
  }
}

// The sandbox has the other end of the pipe: this process exits when the sandbox does, for whatever reason.
process.stdin.on('end', () => process.exit(1)).resume();
process.stdin.unref();

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await call('POST', '/init/error', {}, JSON.stringify(describe(error)));
  process.exit(1);
}
while (true) {
  const { headers, body: event } = await call('GET', '/invocation/next');
  const context = lambdaContext(headers);
  const { outcome, body } = await invoke(handler, event, context);
  // The pipes and the Runtime API are read independently: these lines mark the end of the invocation's log.
  for (const stream of [process.stdout, process.stderr]) stream.write(`END RequestId: ${context.awsRequestId}\n`);
  await call('POST', `/invocation/${context.awsRequestId}/${outcome}`, { 'sandbox-peak-memory': peakMemory() }, body);
}
