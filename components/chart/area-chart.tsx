import { scaleLinear } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";

interface Point {
  /** Milliseconds. */
  at: number;
  value: number;
}

interface Props {
  points: readonly Point[];
  /** The value at the top edge. */
  most: number;
  /** The first and last moment shown, milliseconds. */
  from: number;
  to: number;
  /** A level that matters, drawn as a dashed line. */
  limit?: number;
  /** The same in words. */
  description: string;
}

const WIDTH = 600;
const HEIGHT = 120;

/** A value over time, drawn on the server: it needs no script, and says the same in words to those who do not see it. */
export function AreaChart({ points, most, from, to, limit, description }: Props) {
  const x = scaleLinear([from, to], [0, WIDTH]);
  const y = scaleLinear([0, most], [HEIGHT, 1]);
  const xOf = ({ at }: Point) => round(x(at));
  const yOf = ({ value }: Point) => round(y(Math.min(value, most)));
  const shape = area<Point>(xOf, HEIGHT, yOf).curve(curveStepAfter)([...points]);
  const edge = line<Point>(xOf, yOf).curve(curveStepAfter)([...points]);
  return (
    <svg
      role="img"
      aria-label={description}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-30 w-full overflow-visible border-line border-b"
    >
      <path d={shape ?? ""} className="fill-hover" />
      <path d={edge ?? ""} vectorEffect="non-scaling-stroke" className="fill-none stroke-[1.5] stroke-muted" />
      {limit !== undefined && limit <= most && (
        <line
          x1={0}
          x2={WIDTH}
          y1={round(y(limit))}
          y2={round(y(limit))}
          vectorEffect="non-scaling-stroke"
          strokeDasharray="4 4"
          className="stroke-1 stroke-warning"
        />
      )}
    </svg>
  );
}

/** A tenth of a unit is less than a pixel. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
