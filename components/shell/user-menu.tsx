"use client";

import { ChevronDown } from "lucide-react";
import { startTransition } from "react";
import { ROLE_LABEL } from "@/components/status/role-badge";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import type { Role } from "@/lib/core/role";

export interface ShellUser {
  name: string;
  email: string;
  role: Role;
}

export type SignOut = (data: FormData) => void | Promise<void>;

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
        { label: "Sign out", onSelect: () => startTransition(async () => signOut(new FormData())) },
      ]}
    />
  );
}
