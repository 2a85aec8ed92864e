/** Where something begins and ends, in any one unit. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Lays spans into lanes so that none covers another: each goes into the first lane that is free when it begins.
 * @param spans sorted by where they begin @param most lanes; what finds none free lies in the last
 * @returns the lane of each, from 0 on, and how many lanes there are
 */
export function assignLanes(spans: readonly Span[], most: number): { laneOf: number[]; lanes: number } {
  const ends: number[] = [];
  const laneOf = spans.map(({ from, to }) => {
    const free = ends.findIndex((end) => end <= from);
    const lane = free >= 0 ? free : Math.min(ends.length, most - 1);
    ends[lane] = Math.max(ends[lane] ?? to, to);
    return lane;
  });
  return { laneOf, lanes: Math.max(1, ends.length) };
}
