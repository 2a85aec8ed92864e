import { assertDeclared } from "./declared-answers";

/** What the management API answered. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface ErrorBody {
  error: {
    code: string;
    message: string;
    fields?: Record<string, string>;
    providerStatus?: number;
    providerBody?: string;
    retryAfterSeconds?: number;
  };
}

export interface List<T> {
  items: T[];
  nextCursor: string | null;
}

/** The management API as a program uses it: bearer key, JSON in and out. */
export interface Api {
  key: string;
  /** Whatever comes of it is answered; the caller says what it should be. */
  call<T = ErrorBody>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  /** @throws when the answer is none of 2xx, with its words */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
}

/** Every answer is held to the OpenAPI document of the program. @param url where Belfry is; paths are below `/api/v1` */
export function apiOf(url: string, key: string): Api {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        // A test that waits for a command does not see when the server ends an idle connection.
        connection: "close",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : null) as T };
    await assertDeclared(url, { method, path }, answer);
    return answer;
  };
  const well = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    key,
    call,
    get: (path) => well("GET", path),
    post: (path, body) => well("POST", path, body ?? {}),
    patch: (path, body) => well("PATCH", path, body),
    delete: (path) => well("DELETE", path),
  };
}
