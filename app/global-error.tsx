"use client";

import { ErrorNotice } from "@/components/shell/error-notice";
import "./globals.css";

/** Replaces the whole document when the root layout fails. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <head>
        <title>Something went wrong · Belfry</title>
      </head>
      <body>
        <ErrorNotice error={error} onRetry={reset} />
      </body>
    </html>
  );
}
