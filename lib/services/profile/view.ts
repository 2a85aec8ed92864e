import type { UserRow } from "@/db/stores/users";
import { installationZone } from "@/lib/reports/zone";
import { mailProblem } from "@/lib/services/reports/person-rules";
import { type ReportsView, viewOfReports } from "@/lib/services/reports/view";
import { type UserView, userView } from "@/lib/services/users/view";

/** An account as its owner sees it. */
export interface OwnAccountView extends UserView {
  /** Daily and weekly reports by mail; null: none. */
  reports: ReportsView | null;
  /** Why reports cannot be mailed at the moment, in a sentence. */
  reportsProblem: string | null;
}

export async function ownAccountView(user: UserRow): Promise<OwnAccountView> {
  const zone = user.timezone ?? (await installationZone());
  return {
    ...userView(user),
    reports: viewOfReports(user.reports, zone, user.status === "active" ? Date.now() : null),
    reportsProblem: await mailProblem(),
  };
}
