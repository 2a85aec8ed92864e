import { scaleLinear } from "d3-scale";
import { area, curveStepAfter } from "d3-shape";

interface Point {
  /** Milliseconds. */
  at: number;
  value: number;
}

interface Props {
  /** The oldest first. */
  points: readonly Point[];
  /** The first and last moment shown, milliseconds. */
  from: number;
  to: number;
  /** The same in words. */
  description: string;
}

const WIDTH = 180;
const HEIGHT = 24;

/** A value over time within a line of text; from nothing at the bottom to its largest at the top. Drawn on the server. */
export function SparkLine({ points, from, to, description }: Props) {
  const last = points.at(-1);
  if (!last) return null;
  const x = scaleLinear([from, to], [0, WIDTH]);
  const y = scaleLinear([0, Math.max(1, ...points.map(({ value }) => value))], [HEIGHT, 0]);
  const whole = [...points, { at: to, value: last.value }];
  const shape = area<Point>(
    ({ at }) => Math.round(x(Math.max(at, from))),
    HEIGHT,
    ({ value }) => Math.round(y(value) * 10) / 10,
  ).curve(curveStepAfter)(whole);
  return (
    <svg
      role="img"
      aria-label={description}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-6 w-full border-line border-b"
    >
      <title>{description}</title>
      <path d={shape ?? ""} className="fill-line-strong" />
    </svg>
  );
}
