"use server";

import { reportsPreview } from "@/lib/services/reports/preview";
import { reportsSend } from "@/lib/services/reports/send";
import { action } from "@/lib/web/action";

export const previewReportAction = action(reportsPreview);
export const sendReportAction = action(reportsSend);
