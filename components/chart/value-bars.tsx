interface Bar {
  id: string;
  value: number;
  /** Something is odd about it. */
  isMarked: boolean;
  /** What it stands for, in words. */
  title: string;
}

interface Props {
  /** The newest last. */
  bars: readonly Bar[];
  /** The same in words. */
  description: string;
}

const PITCH = 7;
const WIDTH = 5;
const HEIGHT = 36;
const LEAST = 1;
/** Few bars are no wider than those of many. */
const LEAST_SLOTS = 30;

/** A value over time, a bar each, those that are marked in the colour of warnings; drawn on the server, without a script. */
export function ValueBars({ bars, description }: Props) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const width = Math.max(bars.length, LEAST_SLOTS) * PITCH;
  return (
    <svg role="img" aria-label={description} viewBox={`0 0 ${width} ${HEIGHT}`} className="h-auto w-full">
      {bars.map(({ id, value, isMarked, title }, index) => {
        const height = Math.max(LEAST, Math.round((value / most) * HEIGHT * 10) / 10);
        return (
          <rect
            key={id}
            x={index * PITCH}
            y={HEIGHT - height}
            width={WIDTH}
            height={height}
            rx={1}
            className={isMarked ? "fill-warning" : "fill-line-strong"}
          >
            <title>{title}</title>
          </rect>
        );
      })}
    </svg>
  );
}
