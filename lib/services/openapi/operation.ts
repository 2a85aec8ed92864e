import { z } from "zod";
import type { Verb } from "@/lib/services/verb";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One call of the management API: where it is, which verb answers, and with what. */
export interface Operation {
  method: Method;
  /** Below `/api/v1`, parameters in braces: `/channels/{id}`. */
  path: string;
  verb: Verb;
  status: number;
  /** One line, in the imperative. */
  summary: string;
  /** What is answered; none: the media type says it all. */
  answer?: z.ZodType;
  /** Other than JSON. */
  mediaType?: string;
  /** Describes what is sent, where the verb's own schema does not. */
  body?: z.ZodType;
  /** Other than JSON, of what is sent. */
  bodyType?: string;
  /** Parts of the body that are described by themselves: property → component. */
  refs?: Record<string, string>;
  /** Answered by the server in front, not by a route handler. */
  isMachineRoute?: true;
}

type More = Partial<Omit<Operation, "method" | "path" | "verb">> & Pick<Operation, "summary">;

/** @param target `POST /channels/{id}/test` */
export function operation(target: string, verb: Verb, more: More): Operation {
  const [method = "GET", path = ""] = target.split(" ");
  return { method: method as Method, path, verb, status: 200, ...more };
}

/** Every list answers in pages. */
export function listOf(item: z.ZodType): z.ZodType {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** What a call that only takes away answers. */
export const idAnswer = z.object({ id: z.string() });
