import { classNames } from "@/components/class-names";
import { MarkupText } from "@/components/markup/markup-text";
import type { Preview } from "@/lib/core/preview";

export interface PreviewProps {
  preview: Preview;
  /** IANA zone of the viewer. */
  timezone: string;
}

/** Style of a bar in this colour; undefined for anything but a hex colour. */
export function barStyle(color: string | undefined): React.CSSProperties | undefined {
  return color && /^#[0-9a-f]{6}$/i.test(color) ? { borderLeftColor: color } : undefined;
}

/** Title and text in the markup of the service. Titles of push messages and Slack headers are plain text. */
export function PreviewText({ preview, timezone }: PreviewProps) {
  const { kind, title, text, format, link } = preview;
  // A link with the title as its label is drawn as the title.
  const isTitleLink = link !== undefined && link.label === title;
  return (
    <>
      {title && (
        <p className={classNames("whitespace-pre-wrap font-semibold", isTitleLink && "underline")}>
          <MarkupText
            text={title}
            format={kind === "push" || format === "mrkdwn" ? "plain" : format}
            timezone={timezone}
          />
        </p>
      )}
      {text && (
        <p className={classNames("whitespace-pre-wrap", title && "mt-1")}>
          <MarkupText text={text} format={format} timezone={timezone} />
        </p>
      )}
    </>
  );
}

/** The facts of the message, short ones side by side where there is room. */
export function FieldGrid({ preview, timezone }: PreviewProps) {
  const { fields = [], format } = preview;
  if (fields.length === 0) return null;
  return (
    <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-2 text-xs">
      {fields.map(({ label, value, short }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat
        <div key={index} className={short ? "min-w-0" : "col-span-full min-w-0"}>
          <dt className="font-medium">
            <MarkupText text={label} format={format} timezone={timezone} />
          </dt>
          <dd className="whitespace-pre-wrap text-muted">
            <MarkupText text={value} format={format} timezone={timezone} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function LinkLine({ preview: { link, title } }: Pick<PreviewProps, "preview">) {
  if (!link || link.label === title) return null;
  return <p className="mt-2 text-xs underline">{link.label}</p>;
}

/** Attributes sent beside the text: priority, sound, tags, number of segments. */
export function FactList({ preview: { facts = [] } }: Pick<PreviewProps, "preview">) {
  if (facts.length === 0) return null;
  return (
    <dl className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {facts.map(({ label, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat
        <div key={index} className="flex min-w-0 gap-1.5">
          <dt className="shrink-0 text-faint">{label}</dt>
          <dd className="min-w-0 text-muted">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
