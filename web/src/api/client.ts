// Talks to the server: JSON in and out, problem documents as ApiProblem, and the query primitives that the
// generated hooks are made of.
import {
  keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData,
} from '@tanstack/react-query';
import { useCallback, useRef } from 'react';

export interface ProblemDocument {
  title: string;
  status: number;
  code: string;
  detail: string;
  fix: string;
  request_id: string;
}

/** A problem document of the server, or one made here when there was no answer (code 'unreachable'). */
export class ApiProblem extends Error {
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.title);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

export type Params = Record<string, string | number | undefined>;

let language = 'en';
/** Which language the server should explain problems in. */
export function setApiLanguage(next: string): void {
  language = next;
}

/** Puts path parameters in their places and the others behind the question mark, in a stable order. */
export function buildUrl(template: string, params: Params): string {
  const rest: [string, string][] = [];
  let path = template;
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue;
    if (path.includes(`{${key}}`)) path = path.replace(`{${key}}`, encodeURIComponent(value));
    else rest.push([key, String(value)]);
  }
  const query = new URLSearchParams(rest.sort(([a], [b]) => a.localeCompare(b))).toString();
  return query ? `${path}?${query}` : path;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const fallback: ProblemDocument = {
    title: `HTTP ${response.status}`, status: response.status, code: 'unexpected_answer', detail: '', fix: '', request_id: '',
  };
  const body: unknown = await response.json().catch(() => null);
  return new ApiProblem({ ...fallback, ...(typeof body === 'object' ? body : null) });
}

export async function request<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(url, {
      method, headers, credentials: 'same-origin', signal: signal ?? null,
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem({ title: '', status: 0, code: 'unreachable', detail: '', fix: '', request_id: '' });
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** A request that failed for a reason that may pass (no answer, 429, 5xx) is worth two more attempts. */
export function worthRetrying(failures: number, error: unknown): boolean {
  if (!(error instanceof ApiProblem) || failures >= 2) return false;
  return error.problem.status === 0 || error.problem.status === 429 || error.problem.status >= 500;
}

export interface QueryOptions {
  enabled?: boolean;
  /** Keep showing the answer for the previous parameters until the new one is here. */
  keep?: boolean;
  refetchInterval?: number | false;
  staleTime?: number;
}

export function useApiQuery<T>(key: string, template: string, params: Params, options: QueryOptions) {
  const url = buildUrl(template, params);
  return useQuery<T>({
    queryKey: [key, url],
    queryFn: ({ signal }) => request<T>('GET', url, undefined, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.refetchInterval ?? false,
    ...(options.staleTime !== undefined && { staleTime: options.staleTime }),
    ...(options.keep && { placeholderData: keepPreviousData }),
  });
}

interface Page {
  next_cursor: string | null;
}

export interface PagesOptions {
  enabled?: boolean;
  refetchInterval?: number | false;
}

export function useApiPages<T extends Page>(key: string, template: string, params: Params, options: PagesOptions) {
  const url = buildUrl(template, params);
  return useInfiniteQuery<T, Error, InfiniteData<T>, [string, string], string | undefined>({
    queryKey: [key, url],
    queryFn: ({ pageParam, signal }) =>
      request<T>('GET', buildUrl(template, { ...params, cursor: pageParam }), undefined, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled: options.enabled ?? true,
    refetchInterval: options.refetchInterval ?? false,
  });
}

/** `stop` gives up waiting for the answer: the connection ends, and a server that watches it stops working on it. */
export function useApiMutation<V, T>(method: string, template: string) {
  const asked = useRef<AbortController>(null);
  const stop = useCallback(() => asked.current?.abort(), []);
  const mutation = useMutation<T, Error, V>({
    mutationFn: (variables) => {
      const { body, ...params } = (variables ?? {}) as Record<string, unknown>;
      asked.current = new AbortController();
      return request<T>(method, buildUrl(template, params as Params), body, asked.current.signal);
    },
  });
  return { ...mutation, stop };
}

/** Marks the answers of the named operations as out of date. */
export function useInvalidate(): (...keys: string[]) => Promise<void> {
  const client = useQueryClient();
  return async (...keys) => {
    await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}
