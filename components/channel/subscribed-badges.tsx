import { Badge } from "@/components/ui/badge";
import type { Tone } from "@/lib/core/tone";

const SHOWN = 3;

interface Props {
  events: readonly string[];
  types: readonly { type: string; name: string; tone: Tone }[];
}

/** The first few events a channel subscribes to, and the number of the others. */
export function SubscribedBadges({ events, types }: Props) {
  const known = types.filter(({ type }) => events.includes(type));
  if (known.length === 0) return <span className="text-faint">none</span>;
  return (
    <span className="inline-flex flex-wrap gap-1">
      {known.slice(0, SHOWN).map(({ type, name, tone }) => (
        <Badge key={type} tone={tone}>
          {name}
        </Badge>
      ))}
      {known.length > SHOWN && (
        <span
          title={known
            .slice(SHOWN)
            .map(({ name }) => name)
            .join(", ")}
        >
          <Badge>{`${known.length - SHOWN} more`}</Badge>
        </span>
      )}
    </span>
  );
}
