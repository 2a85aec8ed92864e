const MAX_SHOWN = 3;

/** Stored details of a change: the first few, the others collapsed. */
export function AuditDetail({ detail }: { detail: unknown }) {
  if (typeof detail !== "object" || detail === null) return <span className="text-faint">–</span>;
  const facts = Object.entries(detail).filter(([, value]) => value !== undefined && value !== null);
  if (facts.length === 0) return <span className="text-faint">–</span>;
  const lines = facts.map(([name, value]) => (
    <li key={name}>
      <span className="text-faint">{name}</span> {formatDetail(value)}
    </li>
  ));
  return (
    <div className="min-w-0 text-left font-mono text-muted text-xs [overflow-wrap:anywhere]">
      <ul>{lines.slice(0, MAX_SHOWN)}</ul>
      {lines.length > MAX_SHOWN && (
        <details>
          <summary className="min-h-6 cursor-pointer font-sans text-muted hover:text-ink">{`${lines.length - MAX_SHOWN} more`}</summary>
          <ul>{lines.slice(MAX_SHOWN)}</ul>
        </details>
      )}
    </div>
  );
}

function formatDetail(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ") || "none";
  return JSON.stringify(value);
}
