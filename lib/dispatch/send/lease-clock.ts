/** A moment by both clocks of the machine: the one that shows the time, and the one that nobody sets. */
export interface Moment {
  wall: number;
  steady: number;
}

export function momentNow(): Moment {
  return { wall: Date.now(), steady: performance.now() };
}

/**
 * How long ago a moment is at most, milliseconds. The steady clock stands still while a machine sleeps, the other one is
 * set back and forth: so the longer of the two counts.
 */
export function elapsedSince({ wall, steady }: Moment, now = momentNow()): number {
  return Math.max(now.wall - wall, now.steady - steady);
}
