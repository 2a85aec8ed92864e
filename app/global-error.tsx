"use client";

import { ErrorNotice } from "@/components/shell/error-notice";
import "./globals.css";

/** The root layout itself failed: this stands in for the whole document. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <head>
        <title>Something went wrong · Belfry</title>
      </head>
      <body>
        <ErrorNotice digest={error.digest} onRetry={reset} />
      </body>
    </html>
  );
}
