"use client";

import { ChevronDown } from "lucide-react";
import { useRef, useState } from "react";
import { useAction } from "@/components/action/use-action";
import { ROLE_LABEL } from "@/components/status/role-badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useLoaded } from "@/components/ui/use-loaded";
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

const loadMenu = () => import("@/components/ui/menu").then(({ HostedMenu }) => HostedMenu);

/** The signed-in user, profile and sign-out. */
export function UserMenu({ user, signOut }: { user: ShellUser; signOut: SignOut }) {
  const { run } = useAction();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const [Menu, ask] = useLoaded(loadMenu);
  const label = `Account of ${user.name}`;
  const press = () => {
    if (!open) ask();
    setOpen(!open);
  };
  return (
    <div className="relative -mr-2 flex max-w-40 shrink sm:max-w-64">
      <Button
        ref={button}
        variant="ghost"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={press}
        className="max-w-full shrink"
      >
        <span className="truncate">{user.name}</span>
        <ChevronDown aria-hidden="true" className="size-3.5 shrink-0" />
      </Button>
      {Menu && (
        <Menu
          label={label}
          button={button}
          open={open}
          onOpenChange={setOpen}
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
      )}
    </div>
  );
}

async function end(signOut: SignOut): Promise<ActionResult<null>> {
  const error = await signOut();
  return error ? { ok: false, error } : { ok: true, value: null };
}

function sayStillSignedIn({ message }: ActionError): void {
  toast.error(`You are still signed in. ${message}`);
}
