import { barStyle, FactList, FieldGrid, LinkLine, type PreviewProps, PreviewText } from "./preview-parts";

/** A push message on a phone. */
export function PushPreview({ preview, timezone }: PreviewProps) {
  const { from, color, footer } = preview;
  return (
    <>
      <div
        className="max-w-sm rounded-lg border border-line border-l-4 border-l-line-strong bg-bg px-3 py-2.5"
        style={barStyle(color)}
      >
        <p className="mb-1 flex items-baseline justify-between gap-3 text-muted text-xs">
          <span className="min-w-0">{from || "Belfry"}</span>
          <span className="shrink-0">now</span>
        </p>
        <PreviewText preview={preview} timezone={timezone} />
        <FieldGrid preview={preview} timezone={timezone} />
        <LinkLine preview={preview} />
        {footer && <p className="mt-2 text-muted text-xs">{footer}</p>}
      </div>
      <FactList preview={preview} />
    </>
  );
}
