import { reportedDisks } from "@/db/queries/clients";
import { recordDiskSamples } from "@/db/stores/client-disks";
import { diskLocation, figuresOfDisk } from "@/lib/core/client";
import { Loop } from "@/lib/core/loop";

const HOUR_MS = 3_600_000;
/** Of thousands of clients every hour would be millions of rows. */
const EVERY_MS = 6 * HOUR_MS;
const LOOK_MS = 600_000;
const FIRST_AFTER_MS = 120_000;
/** What a client said longer ago says nothing about now, milliseconds. */
const STALE_MS = 10 * 60_000;

/** Remembers four times a day how full the disks of the clients are, for their charts. A background part with `start` and `stop`. */
export class ClientDiskHistory {
  readonly name = "client disk history";
  private readonly loop: Loop;
  /** Those that are remembered for the present six hours. */
  private known = { hour: 0, locations: new Set<string>() };

  constructor() {
    const options = { name: this.name, intervalMs: LOOK_MS, firstAfterMs: FIRST_AFTER_MS };
    this.loop = new Loop(options, () => this.look(Date.now()));
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Remembers each disk that was reported lately, once in six hours. @param now milliseconds */
  async look(now: number): Promise<void> {
    const hour = Math.floor(now / EVERY_MS) * EVERY_MS;
    if (this.known.hour !== hour) this.known = { hour, locations: new Set() };
    const { locations } = this.known;
    const samples = (await reportedDisks(now - STALE_MS)).flatMap(({ id, disks }) =>
      disks
        .filter(({ totalBytes }) => totalBytes > 0)
        .map((disk) => ({ locationId: diskLocation(id, disk.mount), hour, ...figuresOfDisk(disk) }))
        .filter(({ locationId }) => !locations.has(locationId)),
    );
    await recordDiskSamples(samples, now);
    for (const { locationId } of samples) locations.add(locationId);
  }
}
