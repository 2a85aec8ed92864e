import type { Readable } from "node:stream";
import { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "@/lib/core/errors";
import type { Verb } from "@/lib/services/verb";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A file to send as it is: all at once, or as it is read; null bytes: how long it will be is not known. */
export type FileAnswer = { name: string; bytes: Uint8Array } | { name: string; bytes: number | null; stream: Readable };

/** How a call reaches its verb over HTTP. */
export type CallOptions = {
  /** Of a successful answer; 200 when left out. */
  status?: 200 | 201 | 202 | 204;
  /** Adds `origin`, the address under which the caller sees Belfry, to the input. */
  withOrigin?: true;
  /** May be called by a page of the console with its session: for files, which no server action carries. */
  isForPages?: true;
} & ({ verb: Verb; answersFile?: undefined } | { verb: Verb<z.ZodType, FileAnswer>; answersFile: true });

/** How a call is described. */
interface Description {
  /** One line, in the imperative. */
  summary: string;
  /** Schema of the answer; none: the media type says it all. */
  answer?: z.ZodType;
  /** Schema of the body, where the verb's own does not describe it. */
  body?: z.ZodType;
  /** Media type of the body, other than JSON. */
  bodyType?: string;
  /** Parts of the body that have a component: property → component. */
  refs?: Record<string, string>;
  /** How it may refuse or fail besides what holds for every call of its kind; see `refusalsOf`. */
  refusals?: readonly ErrorCode[];
  /** Answered by the HTTP server itself, before Next. */
  isMachineRoute?: true;
}

/** One call of the management API: its address, the verb that answers, and the description. */
export type Operation = CallOptions &
  Description & {
    method: Method;
    /** Below `/api/v1`, parameters in braces: `/channels/{id}`. */
    path: string;
  };

type Options = Partial<Omit<CallOptions, "verb" | "answersFile">> & Description;

/**
 * Every way in which a call may refuse or fail: what its declaration says, and what follows from its method, its path
 * and the role it needs.
 */
export function refusalsOf({ method, path, verb, refusals = [] }: Operation): ErrorCode[] {
  const codes: ErrorCode[] = ["invalid", "unauthenticated", ...refusals, "internal", "unavailable"];
  if (verb.permission === "operator" || verb.permission === "admin") codes.push("forbidden");
  if (path.includes("{")) codes.push("not_found");
  // Every other method may come with a body.
  if (method !== "GET") codes.push("too_large");
  return [...new Set(codes)].sort((a, b) => ERROR_STATUS[a] - ERROR_STATUS[b]);
}

/** @param target `POST /channels/{id}/test` */
export function operation(target: string, verb: Verb, options: Options): Operation {
  return { ...targetOf(target), verb, ...options };
}

/** A call that answers with a file. @param target `GET /artifacts/{id}/download` */
export function fileOperation(target: string, verb: Verb<z.ZodType, FileAnswer>, options: Options): Operation {
  return { ...targetOf(target), verb, answersFile: true, ...options };
}

function targetOf(target: string): { method: Method; path: string } {
  const [method = "GET", path = ""] = target.split(" ");
  return { method: method as Method, path };
}

/** The answer of a list: one page. */
export function pageSchema(item: z.ZodType): z.ZodType {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The answer of a call that only removes. */
export const idAnswer = z.object({ id: z.string() });
