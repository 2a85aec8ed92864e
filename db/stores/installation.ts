import { newId } from "@/lib/core/id";
import { type Home, isSameHome } from "../home";
import { type Steps, type Tx, transact } from "../transact";
import { holdCopiedWork } from "./copied-work";
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
export interface Installation {
  id: string;
  home: Home;
  pause: Pause | null;
}

export function readInstallation(tx: Tx): Steps<Installation | null> {
  return readState<Installation>(tx, INSTALLATION);
}

export function* putInstallation(tx: Tx, installation: Installation, now: number): Steps<void> {
  yield* putState(tx, INSTALLATION, installation, now);
  tx.notices.push({ topic: "settings", ids: [INSTALLATION] });
}

/**
 * Recognises the installation by where its database lives. The first time it gets its id; where the place differs from
 * the stored one, this is a copy: it gets an id of its own and pauses, and what came over is held.
 * @param home of the open database
 */
export function recogniseInstallation(home: Home, now: number): Promise<Installation> {
  return transact([INSTALLATION], function* (tx) {
    const known = yield* readInstallation(tx);
    if (known && isSameHome(known.home.facts, home.facts)) {
      const current = { ...known, home };
      if (JSON.stringify(current) !== JSON.stringify(known)) yield* putInstallation(tx, current, now);
      return current;
    }
    const installation: Installation = { id: newId("ins"), home, pause: known && pauseOfCopy(known, now) };
    yield* putInstallation(tx, installation, now);
    if (known) yield* holdCopiedWork(tx, known.id, now);
    return installation;
  });
}

/** A copy of an undecided copy comes from where that one came from. */
function pauseOfCopy({ id, home, pause }: Installation, now: number): Pause {
  if (pause) return { ...pause, reason: "copied", since: now };
  return { reason: "copied", originalId: id, originalPlace: home.place, since: now };
}
