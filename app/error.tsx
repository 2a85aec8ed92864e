"use client";

import { Trouble } from "@/components/shell/trouble";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <Trouble digest={error.digest} onRetry={reset} />;
}
