import { newId } from "@/lib/core/id";
import { type Home, isSameHome } from "../home";
import { type Steps, type Tx, transact } from "../transact";
import { holdCopiedWork } from "./copied-work";
import { endAllSessions } from "./sessions";
import { putState, readState } from "./system-state";

/** The key of the identity in the state of the installation, and what its changes lock. */
export const INSTALLATION = "installation";

/** Why nobody knows yet which installation this is: its database was copied, or its configuration is another one's. */
export type PauseReason = "copied" | "restored";

/** Nothing scheduled runs and nothing is removed until a person has decided. */
export interface Pause {
  reason: PauseReason;
  /** The installation that this one came from; null when a configuration file of before does not name it. */
  originalId: string | null;
  /** Where that one lived; null when it is not known. */
  originalPlace: string | null;
  since: number;
}

/** Who this installation is. Part of the database, never of a configuration backup. */
export interface Identity {
  id: string;
  home: Home;
  pause: Pause | null;
}

export function readIdentity(tx: Tx): Steps<Identity | null> {
  return readState<Identity>(tx, INSTALLATION);
}

export function* putIdentity(tx: Tx, installation: Identity, now: number): Steps<void> {
  yield* putState(tx, INSTALLATION, installation, now);
  tx.notices.push({ topic: "settings", ids: [INSTALLATION] });
}

/**
 * Recognises the installation by where its database lives. The first time it gets its id; where the place differs from
 * the stored one, this is a copy: it gets an id of its own and pauses, and what came over is held.
 * @param home of the open database
 */
export function recogniseInstallation(home: Home, now: number): Promise<Identity> {
  return transact([INSTALLATION], function* (tx) {
    const known = yield* readIdentity(tx);
    if (known && isSameHome(known.home.facts, home.facts)) {
      // A process whose database user may read less forgets nothing that another one knows.
      const current = { ...known, home: { ...home, facts: { ...known.home.facts, ...home.facts } } };
      if (JSON.stringify(current) !== JSON.stringify(known)) yield* putIdentity(tx, current, now);
      return current;
    }
    if (known) return yield* becomeCopy(tx, known, home, now);
    const first: Identity = { id: newId("ins"), home, pause: null };
    yield* putIdentity(tx, first, now);
    return first;
  });
}

/** Makes the open database a copy of what it was: it gets an id of its own and pauses, and what came over is held. */
export function* becomeCopy(tx: Tx, known: Identity, home: Home, now: number): Steps<Identity> {
  const copy: Identity = { id: newId("ins"), home, pause: pauseOfCopy(known, now) };
  yield* putIdentity(tx, copy, now);
  yield* holdCopiedWork(tx, known.id, now);
  // A person who is signed in at the original is not signed in here, and could not be signed out from there.
  yield* endAllSessions(tx);
  return copy;
}

/** A copy of an undecided copy comes from where that one came from. */
function pauseOfCopy({ id, home, pause }: Identity, now: number): Pause {
  if (pause) return { ...pause, reason: "copied", since: now };
  return { reason: "copied", originalId: id, originalPlace: home.place, since: now };
}

/**
 * Pauses this installation when the configuration that was just restored is another one's. One that pauses already goes
 * on with its question.
 * @param origin null: the configuration is known to be ours
 * @returns whether it pauses
 */
export function* pauseForOrigin(
  tx: Tx,
  origin: { id: string | null; place: string | null } | null,
  now: number,
): Steps<boolean> {
  const known = yield* readIdentity(tx);
  if (!known) return false;
  if (known.pause || origin === null || origin.id === known.id) return known.pause !== null;
  const pause: Pause = { reason: "restored", originalId: origin.id, originalPlace: origin.place, since: now };
  yield* putIdentity(tx, { ...known, pause }, now);
  return true;
}
