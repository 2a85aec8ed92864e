"use client";

import { ChevronDown } from "lucide-react";
import { useAction } from "@/components/action/use-action";
import { ROLE_LABEL } from "@/components/status/role-badge";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import type { ActionError, ActionResult } from "@/lib/core/action-error";
import type { Role } from "@/lib/core/role";

export interface ShellUser {
  id: string;
  name: string;
  email: string;
  role: Role;
}

/** Answers only when the session goes on. */
export type SignOut = () => Promise<ActionError | undefined>;

/** The signed-in user, profile and sign-out. */
export function UserMenu({ user, signOut }: { user: ShellUser; signOut: SignOut }) {
  const { run } = useAction();
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
        { label: "Sign out", onSelect: () => run(() => end(signOut), { onError: sayStillSignedIn }) },
      ]}
    />
  );
}

async function end(signOut: SignOut): Promise<ActionResult<null>> {
  const error = await signOut();
  return error ? { ok: false, error } : { ok: true, value: null };
}

function sayStillSignedIn({ message }: ActionError): void {
  toast.error(`You are still signed in. ${message}`);
}
