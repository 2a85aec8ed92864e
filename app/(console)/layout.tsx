import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { signInAgainAction } from "@/app/(auth)/sign-in-again";
import { signOutAction } from "@/app/(auth)/sign-out";
import { PageFrame } from "@/components/shell/page-frame";
import { Shell } from "@/components/shell/shell";
import { SIDEBAR_COOKIE } from "@/components/shell/sidebar-cookie";
import { alertsReachedNobody } from "@/lib/services/alerts/reached-nobody";
import { installationGet } from "@/lib/services/installation/get";
import { notificationsUnread } from "@/lib/services/notifications/unread";
import { page } from "@/lib/web/page";
import { CopyBanner } from "./_components/copy-banner";
import { NobodyBar } from "./_components/nobody-bar";
import { currentUser } from "./current-user";
import { readAllNotificationsAction } from "./notifications/actions";
import { entryActions } from "./notifications/entry-actions";
import { searchPaletteAction } from "./palette-actions";

/** Layout of all pages behind sign-in. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { id, name, email, role, isAdmin, isOperator, isLimited, mayEdit, timezone } = await currentUser();
  const [{ place, pause }, unheard, bell] = await Promise.all([
    page(installationGet, {}),
    page(alertsReachedNobody, {}),
    page(notificationsUnread, {}),
  ]);
  const actions = { ...entryActions(isOperator), readAll: readAllNotificationsAction };
  return (
    <Shell
      user={{ id, name, email, role }}
      isLimited={isLimited}
      timezone={timezone}
      signOut={signOutAction}
      signInAgain={signInAgainAction}
      palette={{ reader: { isAdmin, isOperator, mayEdit }, search: searchPaletteAction }}
      bell={{ ...bell, actions }}
      isFolded={(await cookies()).get(SIDEBAR_COOKIE)?.value === "folded"}
    >
      {pause && <CopyBanner message={pause.message} place={place} mayDecide={isAdmin} />}
      <NobodyBar found={unheard} isAdmin={isAdmin} />
      <PageFrame>{children}</PageFrame>
    </Shell>
  );
}
