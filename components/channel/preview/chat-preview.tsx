import { barStyle, FactList, FieldGrid, LinkLine, type PreviewProps, PreviewText } from "./preview-parts";

/** A chat message: sender, coloured bar, text and facts. */
export function ChatPreview({ preview, timezone }: PreviewProps) {
  const { from, color, footer } = preview;
  return (
    <>
      <div className="flex gap-2.5">
        <span
          aria-hidden="true"
          className="grid size-7 shrink-0 place-items-center rounded-full bg-hover font-medium text-muted text-xs"
        >
          {[...(from?.trim() || "B")][0]?.toUpperCase()}
        </span>
        <div className="min-w-0 flex-1">
          {from && <p className="mb-1 font-medium">{from}</p>}
          <div
            className="rounded-sm border border-line border-l-4 border-l-line-strong bg-bg px-3 py-2"
            style={barStyle(color)}
          >
            <PreviewText preview={preview} timezone={timezone} />
            <FieldGrid preview={preview} timezone={timezone} />
            <LinkLine preview={preview} />
            {footer && <p className="mt-2 text-muted text-xs">{footer}</p>}
          </div>
        </div>
      </div>
      <FactList preview={preview} />
    </>
  );
}
