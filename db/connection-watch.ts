import { loggerOf } from "@/lib/core/logger";

const log = loggerOf("db");

/** A loss is logged once in so long, milliseconds, however many connections and queries meet it. */
const SAME_LOSS_MS = 60_000;

/** Says in the log that the database server was lost, and that it is back. */
export class ConnectionWatch {
  private saidAt = Number.NEGATIVE_INFINITY;
  private isSaid = false;

  /** A connection broke, or could not be made. */
  lose(error: unknown): void {
    if (this.isSaid || performance.now() - this.saidAt < SAME_LOSS_MS) return;
    this.saidAt = performance.now();
    this.isSaid = true;
    log.warn("lost the connection to the database, connecting again", { error });
  }

  /** A connection was made. */
  find(): void {
    if (!this.isSaid) return;
    this.isSaid = false;
    log.info("connected to the database again");
  }
}
