"use client";

import { Button } from "@/components/ui/button";
import { Gate } from "./gate";

/** A page that failed. The id is what the log has the details under. */
export function ErrorNotice({ digest, onRetry }: { digest?: string; onRetry: () => void }) {
  return (
    <Gate title="Something went wrong" sub="The page could not be shown. Backups and notifications go on without it.">
      <Button variant="primary" onClick={onRetry}>
        Try again
      </Button>
      {digest && (
        <p className="mt-4 text-muted text-xs">
          The log has the details under <code className="font-mono">{digest}</code>.
        </p>
      )}
    </Gate>
  );
}
