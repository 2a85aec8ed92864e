"use client";

import { PanelLeft, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { useIsSignInWanted } from "@/components/action/sign-in-again";
import { classNames } from "@/components/class-names";
import { Bell, type BellActions } from "@/components/inbox/bell";
import { BellProvider } from "@/components/inbox/bell-state";
import { IconButton } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { TimezoneProvider } from "@/components/ui/timezone";
import { useLoaded } from "@/components/ui/use-loaded";
import type { InboxPreferences } from "@/lib/core/inbox";
import type { Severity } from "@/lib/core/severity";
import { TrailProvider, TrailView } from "./breadcrumbs";
import { ConnectionBar } from "./connection-bar";
import { Favicon } from "./favicon";
import { LeaveGuard } from "./leave-guard";
import { Logo } from "./logo";
import { LIMITED_NAVIGATION, NAVIGATION, type NavigationGroup } from "./navigation";
import { NavigationBar } from "./navigation-bar";
import { Palette, type SearchPalette } from "./palette";
import type { PaletteReader } from "./palette-entry";
import { SIDEBAR_COOKIE } from "./sidebar-cookie";
import { SidebarNav } from "./sidebar-nav";
import type { SignInAgain } from "./sign-in-dialog";
import { type ShellUser, type SignOut, UserMenu } from "./user-menu";

interface Props {
  user: ShellUser;
  /** The account sees only some clients: sections about more are left out. */
  isLimited?: boolean;
  /** IANA zone of the user: all times on the page are shown in it. */
  timezone: string;
  signOut: SignOut;
  signInAgain: SignInAgain;
  palette: { reader: PaletteReader; search: SearchPalette };
  bell: { unread: number; worst: Severity | null; preferences: InboxPreferences; actions: BellActions };
  /** As this browser left the sidebar. */
  isFolded: boolean;
  children: ReactNode;
}

/** The frame of the console: navigation at the left, breadcrumbs and account above the page. */
export function Shell({
  user,
  isLimited = false,
  timezone,
  signOut,
  signInAgain,
  palette,
  bell,
  isFolded,
  children,
}: Props) {
  const [collapsed, setCollapsed] = useState(isFolded);
  const fold = (isFoldedNow: boolean) => {
    setCollapsed(isFoldedNow);
    rememberFolded(isFoldedNow);
  };
  const groups = isLimited ? LIMITED_NAVIGATION : NAVIGATION;
  return (
    <TimezoneProvider timezone={timezone}>
      <BellProvider userId={user.id} unread={bell.unread} worst={bell.worst} preferences={bell.preferences}>
        <TrailProvider>
          <a
            href="#main"
            className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-primary px-3 py-2 text-on-primary text-sm focus:translate-y-0"
          >
            Skip to content
          </a>
          <div className={classNames("grid min-h-dvh", !collapsed && "md:grid-cols-[232px_minmax(0,1fr)]")}>
            <aside
              id="sidebar"
              className={classNames(
                "sticky top-0 hidden h-dvh overflow-y-auto border-line border-r",
                !collapsed && "md:block",
              )}
            >
              <Brand />
              <SidebarNav groups={groups} />
            </aside>
            <div className="flex min-w-0 flex-col">
              <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-line border-b bg-bg px-4 md:px-6">
                <Drawer groups={groups} />
                <IconButton
                  label={collapsed ? "Show sidebar" : "Hide sidebar"}
                  aria-expanded={!collapsed}
                  aria-controls="sidebar"
                  onClick={() => fold(!collapsed)}
                  className="-ml-2 hidden md:inline-flex"
                >
                  <PanelLeft aria-hidden="true" className="size-4" />
                </IconButton>
                <TrailView />
                <Palette groups={groups} {...palette} />
                <Bell actions={bell.actions} />
                <UserMenu user={user} signOut={signOut} />
              </header>
              <ConnectionBar />
              <main
                id="main"
                tabIndex={-1}
                className="w-full max-w-[1280px] flex-1 px-4 pt-5 pb-16 outline-none md:px-6 md:pt-6"
              >
                {children}
              </main>
            </div>
          </div>
          <LeaveGuard />
          <NavigationBar />
          <Favicon />
          <SignInAgainPart email={user.email} signIn={signInAgain} />
        </TrailProvider>
      </BellProvider>
    </TimezoneProvider>
  );
}

const loadSignIn = () => import("./sign-in-dialog").then(({ SignInDialog }) => SignInDialog);

/** Asks for the password once the session has ended. */
function SignInAgainPart(props: { email: string; signIn: SignInAgain }) {
  const isWanted = useIsSignInWanted();
  const [Dialog, ask] = useLoaded(loadSignIn);
  useEffect(() => {
    if (isWanted) ask();
  }, [isWanted, ask]);
  return Dialog && <Dialog {...props} />;
}

/** In a cookie, so that the server draws the next page as it was left. */
function rememberFolded(isFolded: boolean): void {
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API, and none without https
  document.cookie = `${SIDEBAR_COOKIE}=${isFolded ? "folded" : "open"}; path=/; max-age=31536000; samesite=lax${secure}`;
}

function Brand() {
  return (
    <Link
      href="/"
      className="mx-2.5 mt-2 mb-3 inline-flex h-8 items-center gap-2 rounded-md px-2 font-semibold text-lg tracking-tight outline-offset-[-2px]"
    >
      <Logo />
      Belfry
    </Link>
  );
}

/** The navigation on a small screen, over the page. */
function Drawer({ groups }: { groups: readonly NavigationGroup[] }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton label="Open menu" className="-ml-2 md:hidden">
          <PanelLeft aria-hidden="true" className="size-4" />
        </IconButton>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-shade md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 w-72 max-w-[85vw] animate-slide-in overflow-y-auto border-line-strong border-r bg-bg shadow-float outline-none md:hidden"
        >
          <Dialog.Title className="sr-only">Menu</Dialog.Title>
          <div className="flex items-start justify-between pr-3">
            <Brand />
            <Dialog.Close
              aria-label="Close menu"
              className="mt-2 grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden="true" className="size-4" />
            </Dialog.Close>
          </div>
          <SidebarNav groups={groups} onNavigate={close} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
