"use client";

import { lazyPart } from "@/components/ui/lazy-part";

/** Only jobs that are reported show what to copy. */
export const ReportPart = lazyPart(() => import("@/components/job/report-panel").then((file) => file.ReportPanel));
