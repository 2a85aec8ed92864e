import { classNames } from "@/components/class-names";
import { formatDateTime } from "@/components/format";
import { msOf } from "@/components/ms-of";
import type { Tone } from "@/lib/core/tone";

const SIDE: Record<Tone, string> = {
  success: "border-success",
  failure: "border-failure",
  warning: "border-warning",
  info: "border-info",
  system: "border-system",
};

interface PreviewText {
  tone: Tone;
  title: string;
  message: string;
  fields: { label: string; value: string; short?: boolean }[];
  times: { label: string; at: string }[];
  link: { label: string } | null;
  at: string;
}

/** A notification as stored, independent of the service: tone, title, text, facts, time. */
export function NotificationPreview({ notification, timezone }: { notification: PreviewText; timezone: string }) {
  const { tone, title, message, fields, times, link, at } = notification;
  const facts = [
    ...fields,
    ...times.map((time) => ({ label: time.label, value: formatDateTime(msOf(time.at), timezone), short: true })),
  ];
  return (
    <div className={classNames("rounded-md border-l-4 bg-hover p-3 text-sm [overflow-wrap:anywhere]", SIDE[tone])}>
      <p className="font-semibold">{title}</p>
      {message && <p className="mt-1 whitespace-pre-wrap">{message}</p>}
      {facts.length > 0 && (
        <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-2 text-xs">
          {facts.map(({ label, value, short }) => (
            <div key={label} className={short === false ? "col-span-full" : undefined}>
              <dt className="font-medium">{label}</dt>
              <dd className="whitespace-pre-wrap text-muted">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {link && <p className="mt-3 text-xs underline">{link.label}</p>}
      <p className="mt-3 text-muted text-xs">Belfry, {formatDateTime(msOf(at), timezone)}</p>
    </div>
  );
}
