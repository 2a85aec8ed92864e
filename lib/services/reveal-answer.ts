import type { MaybeActor } from "@/lib/auth/access/actor";
import { reveal, sees } from "@/lib/auth/access/visibility/reveal";
import type { AnswerRow, Least, VisibilityFacts } from "@/lib/auth/access/visibility/rule";
import { providerOf } from "@/lib/providers/registry";

/** What the table of visibility asks of declarations. */
const facts: VisibilityFacts = { namesPeople: (provider) => providerOf(provider)?.namesPeople ?? true };

/** The answer of a verb as its caller may see it. @throws AppError `not_found` for a row that the caller may not see */
export function revealAnswer<T>(verb: string, answer: T, actor: MaybeActor): T {
  return reveal(verb, answer, actor, facts);
}

/** Whether the caller sees a value with that least role in a row. */
export function maySee(actor: MaybeActor, least: Least, row: AnswerRow): boolean {
  return sees(actor, least, row, facts);
}
