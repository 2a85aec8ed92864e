import type { HttpAnswer } from "./http";

/** An answer that arrived, from the service or from something in between. */
export type ServiceAnswer = HttpAnswer & { kind: "answer" };

/**
 * How to distinguish the answers of one interface from those of something in between, such as a proxy, a relay or a sign-in
 * page. By the service's documentation or source.
 */
export interface AnswerRules {
  /** The service's name in sentences. */
  service: string;
  /** What proves that the service took the request. */
  proof: Proof;
  /** True when the service itself wrote this answer of a status other than 2xx. */
  isOwn(answer: ServiceAnswer): boolean;
  /** True when these words of its own say that the target does not exist any more. Never asked about others' words. */
  isGone?(answer: ServiceAnswer): boolean;
  /** True when these words of its own, with a status that stands for a refusal, ask to try again later. */
  isLater?(answer: ServiceAnswer): boolean;
  /** A sentence about the right address, for the advice when something else answers. */
  address?: string;
}

/** The service's own yes; or, when it has none, why the status is all that there is. */
export type Proof =
  | {
      /** Completes "Slack answers …". */
      expected: string;
      /** Of an answer with a status of 2xx. */
      holds(answer: ServiceAnswer): boolean;
    }
  | {
      /** One sentence: what the interface answers, by which page. */
      byStatus: string;
    };

/**
 * True for one line of plain text, as interfaces without a format answer: `OK`, `no org id`. The words that web servers
 * have for every path they do not know are not counted.
 */
export function isPlainLine({ body }: Pick<ServiceAnswer, "body">): boolean {
  const text = body.trim();
  return /^[^<[{"][^\n]{0,500}$/.test(text) && !/^(null|true|false|404 page not found)$/i.test(text);
}

/** True for HTML: no interface of a service answers with it. The header alone proves nothing: Slack's `ok` has it too. */
export function isWebPage({ headers, body }: Pick<ServiceAnswer, "headers" | "body">): boolean {
  const start = body.slice(0, 1_024).trimStart();
  if (!start.startsWith("<")) return false;
  return (
    /\bhtml\b/i.test(headers["content-type"] ?? "") ||
    /^<(!doctype\s+html\b|!--|html\b|head\b|body\b|title\b)/i.test(start)
  );
}
