import type { ReactNode } from "react";
import { signOutAction } from "@/app/(auth)/sign-out";
import { Shell } from "@/components/shell/shell";
import { currentUser } from "./current-user";

/** Layout of all pages behind sign-in. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { name, email, role, timezone } = await currentUser();
  return (
    <Shell user={{ name, email, role }} timezone={timezone} signOut={signOutAction}>
      {children}
    </Shell>
  );
}
