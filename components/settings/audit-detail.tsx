const SHOWN = 3;

/** What a change was about, as stored: the first few facts, the rest unfolds. */
export function AuditDetail({ detail }: { detail: unknown }) {
  if (typeof detail !== "object" || detail === null) return <span className="text-faint">–</span>;
  const facts = Object.entries(detail).filter(([, value]) => value !== undefined && value !== null);
  if (facts.length === 0) return <span className="text-faint">–</span>;
  const lines = facts.map(([name, value]) => (
    <li key={name}>
      <span className="text-faint">{name}</span> {textOf(value)}
    </li>
  ));
  return (
    <div className="min-w-0 text-left font-mono text-muted text-xs [overflow-wrap:anywhere]">
      <ul>{lines.slice(0, SHOWN)}</ul>
      {lines.length > SHOWN && (
        <details>
          <summary className="min-h-6 cursor-pointer font-sans text-muted hover:text-ink">{`${lines.length - SHOWN} more`}</summary>
          <ul>{lines.slice(SHOWN)}</ul>
        </details>
      )}
    </div>
  );
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ") || "none";
  return JSON.stringify(value);
}
