import { userById } from "@/db/queries/users";
import { beginSession } from "@/db/stores/users";
import type { Actor } from "@/lib/auth/access/actor";
import { accountKey } from "@/lib/auth/access/lock-rule";
import { nextRun } from "@/lib/core/cron/next-run";
import { newId } from "@/lib/core/id";
import { hashToken, newToken } from "@/lib/core/token";
import { emit } from "@/lib/dispatch/emit";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { artifactsTestRestore } from "@/lib/services/artifacts/test-restore";
import { jobsRun } from "@/lib/services/jobs/run";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { notifySend } from "@/lib/services/notify/send";
import { lockDraft } from "@/lib/services/session/lock-draft";
import { ZONE } from "./inventory";
import type { PastClock } from "./past-clock";
import type { SeededRandom } from "./random";
import type { PastRuns } from "./runs";
import { type DemoInstallation, idOf } from "./set-up";

export const DAY_MS = 86_400_000;
const BROWSERS = ["Firefox on Linux", "Chrome on Windows", "Safari on iPhone"];
/** How likely each person signs in on a day. */
const OFTEN = [0.8, 0.6, 0.2];

/** An action of a person or another program in the thirty days. */
export interface StoryEvent {
  at: number;
  run(): Promise<unknown>;
}

/** Everything that does not come from a schedule. @param end now, milliseconds */
export function demoEvents(
  end: number,
  tools: { clock: PastClock; random: SeededRandom; demo: DemoInstallation; runs: PastRuns; restoreFolder: string },
): StoryEvent[] {
  const { clock, random, demo, runs, restoreFolder } = tools;
  const { ben, monitoring, jobIds } = demo;
  const notify = (item: unknown) => notifySend.call(monitoring, item);
  const list: StoryEvent[] = [];
  /**
   * @param time HH:MM in the zone of the demo, within that day counted back from now
   * @param laterMinutes after that time: what follows something else must not fall into the day before it
   */
  const on = (daysAgo: number, time: string, run: () => Promise<unknown>, laterMinutes = 0) => {
    const [hour, minute] = time.split(":").map(Number);
    const schedule = { cron: `${minute} ${hour} * * *`, timezone: ZONE };
    const at = nextRun(schedule, end - (daysAgo + 1) * DAY_MS);
    if (at !== null && at <= end) list.push({ at: at + laterMinutes * 60_000, run });
  };

  for (let day = 28; day >= 0; day--) {
    demo.people.forEach((person, index) => {
      if (random.between(0, 1) > (OFTEN[index] ?? 0)) return;
      on(day, `${8 + index}:${random.whole(10, 55)}`, () => signIn(person, BROWSERS[index] ?? "", clock.now));
    });
  }
  for (const day of [26, 16, 3]) on(day, "15:20", () => jobsRun.call(ben, { id: idOf(jobIds, "website") }));
  for (const day of [24, 18, 10, 2]) {
    on(day, "04:40", () =>
      notify({
        title: "Nightly import finished",
        message: `${random.whole(11_000, 14_000)} rows in ${random.whole(2, 5)} min.`,
        tone: "success",
        channels: ["Team Discord"],
      }),
    );
  }
  on(18, "11:05", () => jobsUpdate.call(ben, { id: idOf(jobIds, "wiki"), retention: { keepLast: 10 } }));
  // Belfry is not running for a while: the slots of that time are reported as missed.
  on(14, "01:50", async () => clock.pass(135 * 60_000));
  on(13, "14:20", () => notify(hosts("failure", "does not answer", "No answer to ping for 60 s.")));
  on(13, "14:20", () => notify(hosts("success", "answers again", "The uplink is back.")), 32);
  on(12, "10:31", () => restore(ben, runs.newest.get("wiki"), `${restoreFolder}/wiki.db`));
  // A restore test each week, as the job says.
  for (const day of [22, 15, 8, 1]) on(day, "06:30", () => testRestore(ben, runs.newest.get("wiki")));
  on(8, "21:14", () => lockOut(demo.people[2], clock));
  on(5, "16:08", () => restore(ben, runs.newest.get("documents"), `${restoreFolder}/documents`));
  return list.sort((a, b) => a.at - b.at);
}

/** Reports of the monitoring program about a whole rack at once. */
function hosts(tone: "failure" | "success", state: string, message: string) {
  return Array.from({ length: 26 }, (_, index) => {
    const host = `rack-b-${String(index + 1).padStart(2, "0")}`;
    return { title: `${host} ${state}`, message, tone, dedupKey: host };
  });
}

async function testRestore(actor: Actor, id: string | undefined): Promise<void> {
  if (id) await artifactsTestRestore.call(actor, { id });
}

async function restore(actor: Actor, artifactId: string | undefined, path: string): Promise<void> {
  if (artifactId) await artifactsRestore.call(actor, { id: artifactId, target: { path } });
}

async function signIn(person: Actor, userAgent: string, at: number): Promise<void> {
  if (person.kind !== "user") return;
  const { id, name, email, address } = person;
  const user = await userById(id);
  await beginSession(
    {
      session: {
        id: newId("ses"),
        // Nobody has its token.
        tokenHash: hashToken(newToken()),
        userId: id,
        method: "password",
        address,
        device: userAgent,
        createdAt: at,
        lastSeenAt: at,
      },
      sessionVersion: user?.sessionVersion ?? 0,
    },
    {
      id: newId("aud"),
      at,
      actorKind: "user",
      actorId: id,
      actorName: name,
      address,
      verb: "session.signIn",
      entity: "user",
      entityId: id,
      entityName: name,
      detail: null,
    },
  );
  await emit({
    type: "user.login",
    subject: { kind: "user", id, name },
    data: { user: { id, name, email }, ...(address && { address }), userAgent },
    at,
  });
}

/** Five wrong passwords, a lock of one minute, and its end. */
async function lockOut(person: Actor | undefined, clock: PastClock): Promise<void> {
  const user = person?.kind === "user" ? await userById(person.id) : null;
  if (!user) return;
  const guard = {
    key: accountKey(user.emailKey),
    failures: 5,
    lockedUntil: clock.now + 60_000,
    lastAddress: "203.0.113.77",
  };
  await emit(lockDraft(guard, user, clock.now));
  clock.pass(61_000);
  await emit({ ...lockDraft(guard, user, clock.now), status: "resolved" });
}
