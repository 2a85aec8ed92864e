import { FactList, type PreviewProps, PreviewText } from "./preview-parts";

/** Subject and sender, and the document in a sandboxed frame without scripts and links. */
export function MailPreview({ preview, timezone }: PreviewProps) {
  const { from, title, document } = preview;
  return (
    <div className="overflow-hidden rounded-md border border-line bg-bg">
      <div className="border-line border-b px-3 py-2">
        <p className="font-semibold">{title}</p>
        {from && <p className="mt-0.5 text-muted text-xs">{from}</p>}
        <FactList preview={preview} />
      </div>
      {document ? (
        <iframe
          title="Mail preview"
          sandbox=""
          srcDoc={stripStyles(document)}
          // Mail programs use a light background in every theme.
          className="block h-120 w-full bg-panel"
        />
      ) : (
        <div className="px-3 py-2">
          <PreviewText preview={{ ...preview, title: undefined }} timezone={timezone} />
        </div>
      )}
    </div>
  );
}

/** The policy of the page applies in the frame too, and allows inline styles only as attributes. */
function stripStyles(document: string): string {
  const [before = "", ...rest] = document.split("<style");
  return before + rest.map((part) => part.split("</style>").slice(1).join("</style>")).join("");
}
