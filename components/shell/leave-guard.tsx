"use client";

import { useEffect } from "react";
import { answerLeave, hasUnsaved, mayLeave, noteChange, useIsLeaveAsked } from "@/components/action/unsaved";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useGoTo } from "./pending-page";

/** Asks before a link, the browser's own buttons or a run loses what was entered and not saved; once, in the console's frame. */
export function LeaveGuard() {
  const goTo = useGoTo();
  const isAsked = useIsLeaveAsked();
  useEffect(() => {
    const note = (event: Event) => {
      const form = event.target instanceof Element ? event.target.closest("form") : null;
      if (form && form.role !== "search") noteChange(form);
    };
    const follow = async (event: MouseEvent) => {
      const href = leadsAway(event);
      if (href === null || !hasUnsaved()) return;
      // Before the link's own handler: Next would be on its way already.
      event.preventDefault();
      event.stopPropagation();
      if (await mayLeave()) goTo(href);
    };
    const warn = (event: BeforeUnloadEvent) => {
      if (hasUnsaved()) event.preventDefault();
    };
    document.addEventListener("input", note, true);
    document.addEventListener("change", note, true);
    document.addEventListener("click", follow, true);
    window.addEventListener("beforeunload", warn);
    const endStay = stayOnTraversal();
    return () => {
      document.removeEventListener("input", note, true);
      document.removeEventListener("change", note, true);
      document.removeEventListener("click", follow, true);
      window.removeEventListener("beforeunload", warn);
      endStay();
    };
  }, [goTo]);
  return (
    <Dialog
      open={isAsked}
      onOpenChange={(open) => !open && answerLeave(false)}
      size="sm"
      title="Leave without saving?"
      footer={
        <>
          <Button onClick={() => answerLeave(false)}>Keep editing</Button>
          <Button variant="danger" onClick={() => answerLeave(true)}>
            Discard changes
          </Button>
        </>
      }
    >
      <p className="text-muted">What you changed on this page is not saved yet.</p>
    </Dialog>
  );
}

/** What is used of the browser's Navigation API. */
interface Traversals extends EventTarget {
  traverseTo(key: string): unknown;
}

interface Traversal extends Event {
  navigationType: string;
  destination: { key: string };
}

/** Back and Forward within the console, which load no page: asks as for a link. A browser that cannot hold them goes on. @returns ends it */
function stayOnTraversal(): () => void {
  const navigation = (window as { navigation?: Traversals }).navigation;
  if (!navigation) return () => {};
  let goesOn = false;
  const hold = async (event: Event) => {
    const { navigationType, destination } = event as Traversal;
    if (navigationType !== "traverse" || goesOn || !event.cancelable || !hasUnsaved()) return;
    event.preventDefault();
    if (!(await mayLeave())) return;
    goesOn = true;
    navigation.traverseTo(destination.key);
  };
  const arrive = () => {
    goesOn = false;
  };
  navigation.addEventListener("navigate", hold);
  navigation.addEventListener("navigatesuccess", arrive);
  return () => {
    navigation.removeEventListener("navigate", hold);
    navigation.removeEventListener("navigatesuccess", arrive);
  };
}

/** The address of a plain click on a link to another page of the console; null for everything else. */
function leadsAway(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return null;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!link || link.target === "_blank" || link.hasAttribute("download")) return null;
  const to = new URL(link.href, window.location.href);
  if (to.origin !== window.location.origin) return null;
  const isSamePage = to.pathname === window.location.pathname && to.search === window.location.search;
  return isSamePage ? null : to.pathname + to.search + to.hash;
}
