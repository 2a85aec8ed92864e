import { classNames } from "@/components/class-names";
import { MarkedText } from "@/components/marked/marked-text";
import type { Preview } from "@/lib/core/preview";

export interface DrawnProps {
  preview: Preview;
  /** IANA zone of whoever looks. */
  timezone: string;
}

/** The colour of a bar, when it is one. */
export function barStyle(color: string | undefined): React.CSSProperties | undefined {
  return color && /^#[0-9a-f]{6}$/i.test(color) ? { borderLeftColor: color } : undefined;
}

/** Title and text in the markup of the service. Titles of pushes, and Slack's headers, know none. */
export function Words({ preview, timezone }: DrawnProps) {
  const { kind, title, text, format, link } = preview;
  // A title that leads somewhere says its own name.
  const isTitleLink = link !== undefined && link.label === title;
  return (
    <>
      {title && (
        <p className={classNames("whitespace-pre-wrap font-semibold", isTitleLink && "underline")}>
          <MarkedText
            text={title}
            format={kind === "push" || format === "mrkdwn" ? "plain" : format}
            timezone={timezone}
          />
        </p>
      )}
      {text && (
        <p className={classNames("whitespace-pre-wrap", title && "mt-1")}>
          <MarkedText text={text} format={format} timezone={timezone} />
        </p>
      )}
    </>
  );
}

/** The message's own facts: short ones side by side where there is room. */
export function FieldGrid({ preview, timezone }: DrawnProps) {
  const { fields = [], format } = preview;
  if (fields.length === 0) return null;
  return (
    <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-2 text-xs">
      {fields.map(({ label, value, short }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels may stand twice
        <div key={index} className={short ? "min-w-0" : "col-span-full min-w-0"}>
          <dt className="font-medium">
            <MarkedText text={label} format={format} timezone={timezone} />
          </dt>
          <dd className="whitespace-pre-wrap text-muted">
            <MarkedText text={value} format={format} timezone={timezone} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function LinkLine({ preview: { link, title } }: Pick<DrawnProps, "preview">) {
  if (!link || link.label === title) return null;
  return <p className="mt-2 text-xs underline">{link.label}</p>;
}

/** What goes along and is no part of the text: priority, sound, tags, the number of segments. */
export function FactList({ preview: { facts = [] } }: Pick<DrawnProps, "preview">) {
  if (facts.length === 0) return null;
  return (
    <dl className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {facts.map(({ label, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels may stand twice
        <div key={index} className="flex min-w-0 gap-1.5">
          <dt className="shrink-0 text-faint">{label}</dt>
          <dd className="min-w-0 text-muted">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
