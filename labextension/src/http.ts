import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { IProblem, NAMESPACE } from './tokens';

/** A refusal of the server, in its own words. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly problem: IProblem
  ) {
    super(problem.message);
  }

  /** What is wrong with single fields, each with a way out. */
  get fields(): { field: string; message: string; fix: string }[] {
    return this.problem.errors ?? [];
  }
}

/** An error as a sentence for people. */
export function describe(error: unknown, trans: TranslationBundle): string {
  if (
    error instanceof ProblemError ||
    error instanceof ServerConnection.ResponseError
  ) {
    return error.message;
  }
  return trans.__('The Jupyter server does not answer.');
}

/** One page of a list; `next_key` asks for the one after it. `total` only when it was asked for. */
export type Page<K extends string, T> = { [key in K]: T[] } & {
  next_key: string | null;
  total?: number;
};

export type Query = { [key: string]: string | number | null | undefined };

/** Speaks JSON with the server. Everything rejects with `ProblemError`, or with
 * `ServerConnection.NetworkError` when nobody answers. */
export class Http {
  constructor(readonly serverSettings: ServerConnection.ISettings) {}

  protected async json<T>(path: string, options: IOptions = {}): Promise<T> {
    const response = await this.request(path, options);
    return (await response.json()) as T;
  }

  protected async request(path: string, options: IOptions): Promise<Response> {
    const url =
      URLExt.join(this.serverSettings.baseUrl, NAMESPACE, path) +
      search(options.query ?? {});
    const response = await ServerConnection.makeRequest(
      url,
      {
        method: options.method ?? 'GET',
        headers: options.headers,
        signal: options.signal,
        body:
          typeof options.body === 'object'
            ? JSON.stringify(options.body)
            : options.body
      },
      this.serverSettings
    );
    if (!response.ok && response.status !== options.allow) {
      throw new ProblemError(response.status, await problemOf(response));
    }
    return response;
  }
}

interface IOptions {
  method?: string;
  query?: Query;
  /** Sent as JSON, but for text, which is sent as it is. */
  body?: object | string;
  signal?: AbortSignal;
  headers?: { [name: string]: string };
  /** A status that is no error. */
  allow?: number;
}

export function search(query: Query): string {
  const entries = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined
  );
  if (!entries.length) {
    return '';
  }
  return (
    '?' + new URLSearchParams(entries.map(([k, v]) => [k, `${v}`])).toString()
  );
}

/** A proxy in between may answer with a page of HTML: then the status has to do. */
async function problemOf(response: Response): Promise<IProblem> {
  const fallback = `${response.status} ${response.statusText}`.trim();
  try {
    const body = await response.json();
    return { message: body.message || fallback, errors: body.errors };
  } catch {
    return { message: fallback };
  }
}
