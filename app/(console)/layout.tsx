import type { ReactNode } from "react";
import { signOutAction } from "@/app/(auth)/sign-out";
import { Shell } from "@/components/shell/shell";
import { installationGet } from "@/lib/services/installation/get";
import { page } from "@/lib/web/page";
import { CopyBanner } from "./_components/copy-banner";
import { currentUser } from "./current-user";

/** Layout of all pages behind sign-in. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { name, email, role, isAdmin, timezone } = await currentUser();
  const { place, pause } = await page(installationGet, {});
  return (
    <Shell user={{ name, email, role }} timezone={timezone} signOut={signOutAction}>
      {pause && <CopyBanner message={pause.message} place={place} mayDecide={isAdmin} />}
      {children}
    </Shell>
  );
}
