import type { Metadata } from "next";
import { importChecksAction } from "../actions";
import { ImportChecks } from "./_components/import-checks";

export const metadata: Metadata = { title: "Import jobs" };

export default function ImportChecksPage() {
  return <ImportChecks run={importChecksAction} />;
}
