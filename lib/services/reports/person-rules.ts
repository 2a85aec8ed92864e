import { routingNow } from "@/db/queries/dispatch";
import { AppError } from "@/lib/core/errors";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { mailerOfPeople } from "@/lib/policy/rules";

const NO_MAILER =
  "Reports go by mail, and there is neither an enabled Email channel nor a system mail server. An administrator adds one in Channels, or in Settings, Email.";

/** Why people cannot get reports by mail at the moment, in a sentence; null when they can. */
export async function mailProblem(): Promise<string | null> {
  const mailer = mailerOfPeople(snapshotOf(await routingNow()));
  return mailer ? null : NO_MAILER;
}

/** @throws AppError `invalid` beside `reports` */
export async function assertCanMail(): Promise<void> {
  const problem = await mailProblem();
  if (problem) throw new AppError("invalid", "Some fields are invalid.", { fields: { reports: problem } });
}
