import { AwsError } from './aws-error.ts';
import type { Answer, Service } from './service.ts';
import { type XmlElements, xml } from './xml.ts';

/** `Filters.Filter.1.Name=x` as `{ Filters: { Filter: { 1: { Name: 'x' } } } }`. */
export type Parameters = { readonly [name: string]: string | Parameters };

export interface QueryService {
  readonly signingName: string;
  /** The `Version` its callers send, and the XML namespace of its answers. */
  readonly version: string;
  readonly namespace: string;
  /** By name; each gets the parameters without Action and Version, and returns the content of the Result element. */
  readonly actions: ReadonlyMap<string, (parameters: Parameters) => XmlElements>;
}

/** The AWS query protocol: a form in, XML out. Errors: InvalidAction, NoSuchVersion, MalformedQueryString. */
export function queryService({ signingName, version, namespace, actions }: QueryService): Service {
  const document = (status: number, root: string, content: XmlElements): Answer => ({
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="${namespace}">${xml(content)}</${root}>`,
  });
  return {
    signingName,
    answer({ body }, requestId) {
      const { Action: action, Version: given, ...parameters } = readForm(body);
      if (given !== version) throw new AwsError('NoSuchVersion', `The requested version is not ${version}.`);
      const act = typeof action === 'string' ? actions.get(action) : undefined;
      if (!act) throw new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`);
      const result = act(parameters);
      return document(200, `${action}Response`, {
        [`${action}Result`]: result,
        ResponseMetadata: { RequestId: requestId },
      });
    },
    refuse: (error, requestId) =>
      document(error.status, 'ErrorResponse', {
        Error: { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.code, Message: error.message },
        RequestId: requestId,
      }),
  };
}

type Branch = { [name: string]: string | Branch };

function readForm(body: string): Parameters {
  const root: Branch = emptyBranch();
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split('.');
    const leaf = path.pop() ?? '';
    let branch = root;
    for (const step of path) {
      const next = branch[step] ?? emptyBranch();
      if (typeof next === 'string') throw malformed(name);
      branch[step] = next;
      branch = next;
    }
    if (leaf in branch) throw malformed(name);
    branch[leaf] = value;
  }
  return root;
}

/** Without a prototype: the names come from the request. */
function emptyBranch(): Branch {
  return Object.create(null);
}

function malformed(name: string): AwsError {
  return new AwsError('MalformedQueryString', `The parameter ${name} is given twice or in two forms.`, 404);
}
