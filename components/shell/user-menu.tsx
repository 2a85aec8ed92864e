"use client";

import { ChevronDown } from "lucide-react";
import { startTransition } from "react";
import { ROLE_LABEL } from "@/components/status/role-badge";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import type { ActionError } from "@/lib/core/action-error";
import type { Role } from "@/lib/core/role";

export interface ShellUser {
  name: string;
  email: string;
  role: Role;
}

/** Answers only when the session goes on. */
export type SignOut = () => Promise<ActionError | undefined>;

/** The signed-in user, profile and sign-out. */
export function UserMenu({ user, signOut }: { user: ShellUser; signOut: SignOut }) {
  return (
    <Menu
      label={`Account of ${user.name}`}
      trigger={
        <Button variant="ghost" aria-label={`Account of ${user.name}`} className="-mr-2 max-w-40 shrink sm:max-w-64">
          <span className="truncate">{user.name}</span>
          <ChevronDown aria-hidden="true" className="size-3.5 shrink-0" />
        </Button>
      }
      heading={
        <>
          <span className="block truncate text-ink">{user.email}</span>
          {ROLE_LABEL[user.role]}
        </>
      }
      items={[
        { label: "Profile", href: "/profile" },
        "separator",
        { label: "Sign out", onSelect: () => startTransition(() => signOutOrSay(signOut)) },
      ]}
    />
  );
}

async function signOutOrSay(signOut: SignOut): Promise<void> {
  const error = await signOut();
  if (error) toast.error(`You are still signed in. ${error.message}`);
}
