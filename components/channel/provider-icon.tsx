import { classNames } from "@/components/class-names";

/** Icon of a service, in the colour of the surrounding text. Decoration: show the name beside it. */
export function ProviderIcon({ path, className = "size-5" }: { path: string; className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={classNames("shrink-0 fill-current", className)}>
      <path d={path} />
    </svg>
  );
}
