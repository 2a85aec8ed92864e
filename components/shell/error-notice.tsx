"use client";

import { Button } from "@/components/ui/button";
import { StandalonePage } from "./standalone-page";

/** Shown in place of a page that failed to load. `digest` identifies the error in the log. */
export function ErrorNotice({ digest, onRetry }: { digest?: string; onRetry: () => void }) {
  return (
    <StandalonePage title="Something went wrong" sub="The page failed to load. Backups and notifications continue.">
      <Button variant="primary" onClick={onRetry}>
        Try again
      </Button>
      {digest && (
        <p className="mt-4 text-muted text-xs">
          The log has the details under <code className="font-mono">{digest}</code>.
        </p>
      )}
    </StandalonePage>
  );
}
