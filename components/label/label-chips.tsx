import { Link } from "@/components/ui/link";
import { type Labels, labelText } from "@/lib/core/label";

interface Props {
  labels: Labels;
  /** The list that a label narrows: `/jobs`. */
  list: string;
  /** As many are shown at first; the others in the title of how many more there are. */
  most?: number;
}

/** Labels of one thing, each a link to everything of its kind that has it. */
export function LabelChips({ labels, list, most = 4 }: Props) {
  const texts = Object.entries(labels).map(([key, value]) => labelText(key, value));
  if (texts.length === 0) return null;
  const more = texts.slice(most);
  return (
    <ul aria-label="Labels" className="flex flex-wrap gap-1">
      {texts.slice(0, most).map((text) => (
        <li key={text} className="max-w-full">
          <Link
            href={`${list}?label=${encodeURIComponent(text)}`}
            className="inline-flex min-h-5 max-w-full items-center rounded-md border border-line-strong bg-panel px-1.5 text-muted text-xs transition-colors hover:bg-hover hover:text-ink"
          >
            <span className="truncate" title={text}>
              {text}
            </span>
          </Link>
        </li>
      ))}
      {more.length > 0 && (
        <li title={more.join(", ")} className="text-faint text-xs leading-5">
          and {more.length} more
        </li>
      )}
    </ul>
  );
}
