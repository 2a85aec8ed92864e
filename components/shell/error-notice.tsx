"use client";

import { Button } from "@/components/ui/button";
import { wrongAddressOf } from "@/lib/core/wrong-address";
import { StandalonePage } from "./standalone-page";

/** Shown in place of a page that failed to load. The error's digest identifies it in the log. */
export function ErrorNotice({ error, onRetry }: { error: Error & { digest?: string }; onRetry: () => void }) {
  const { digest } = error;
  const wrongAddress = wrongAddressOf(error);
  if (wrongAddress)
    return (
      <StandalonePage title="Belfry has another address" sub={wrongAddress}>
        <Button onClick={onRetry}>Back</Button>
      </StandalonePage>
    );
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
