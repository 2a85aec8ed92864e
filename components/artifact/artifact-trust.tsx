import { msOf } from "@/components/ms-of";
import { Badge } from "@/components/ui/badge";
import { RelativeTime } from "@/components/ui/relative-time";

interface Props {
  artifact: {
    suspicion: string | null;
    acceptedAt: string | null;
    acceptedBy: string | null;
    provenAt: string | null;
    proofError: string | null;
    rereadAt: string | null;
    damage: string | null;
  };
  /** How it is aligned. */
  className?: string;
}

/** How far a backup can be relied on: what is doubted, what was proven, and what is known of any backup. */
export function ArtifactTrust({ artifact, className = "items-start" }: Props) {
  const { suspicion, acceptedAt, acceptedBy, provenAt, proofError, rereadAt, damage } = artifact;
  return (
    <span className={`flex min-w-0 flex-col gap-1 ${className}`}>
      {suspicion && (
        <span className="flex flex-col gap-0.5">
          <span>
            {acceptedAt ? (
              <Badge>Size accepted by {acceptedBy}</Badge>
            ) : (
              <Badge tone="warning" shape="triangle">
                Suspect
              </Badge>
            )}
          </span>
          <span className="table-only max-w-56 text-muted text-xs">{suspicion}</span>
        </span>
      )}
      {damage && (
        <span className="flex flex-col gap-0.5">
          <span>
            <Badge tone="failure" shape="square">
              Damaged
            </Badge>
          </span>
          <span className="table-only line-clamp-3 max-w-56 text-muted text-xs">{damage}</span>
        </span>
      )}
      {(!damage || proofError) && <ProofBadge provenAt={provenAt} proofError={proofError} />}
      {rereadAt && (
        <span className="table-only text-faint text-xs">
          read again <RelativeTime at={msOf(rereadAt)} />
        </span>
      )}
    </span>
  );
}

function ProofBadge({ provenAt, proofError }: { provenAt: string | null; proofError: string | null }) {
  if (proofError) {
    return (
      <span className="flex flex-col gap-0.5">
        <span>
          <Badge tone="failure" shape="square">
            Restore test failed
          </Badge>
        </span>
        <span className="table-only line-clamp-3 max-w-56 text-muted text-xs">{proofError}</span>
      </span>
    );
  }
  if (provenAt === null) return <span className="table-only text-muted text-xs">Read back, checksum equal</span>;
  return (
    <span className="flex flex-wrap items-center gap-x-1.5">
      <Badge tone="success" shape="dot">
        Verified
      </Badge>
      <span className="table-only text-faint text-xs">
        restored <RelativeTime at={msOf(provenAt)} />
      </span>
    </span>
  );
}
