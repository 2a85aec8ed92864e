/** A share as a bar, drawn without a script; the words beside it say the same. @param percent of the whole */
export function ShareBar({ percent }: { percent: number }) {
  return (
    <svg
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      aria-hidden="true"
      className="h-1.5 w-full overflow-hidden rounded-full bg-hover"
    >
      <rect width={percent} height="6" className="fill-muted" />
    </svg>
  );
}
