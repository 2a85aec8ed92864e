import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";

/** The deliveries that were sent inside this one. */
export function FoldedDeliveries({
  carries,
}: {
  carries: readonly { id: string; title: string; createdAt: number }[];
}) {
  if (carries.length === 0) return null;
  return (
    <Panel title="Folded deliveries" aside={carries.length} padded={false}>
      <ul>
        {carries.map(({ id, title, createdAt }) => (
          <li
            key={id}
            className="flex items-baseline justify-between gap-4 border-line border-b px-4 py-2 text-sm last:border-b-0"
          >
            <TextLink href={`/deliveries/${id}`} className="min-w-0 [overflow-wrap:anywhere]">
              {title}
            </TextLink>
            <span className="shrink-0 text-muted text-xs">
              <RelativeTime at={createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
