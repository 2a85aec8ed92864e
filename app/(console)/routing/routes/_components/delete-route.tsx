"use client";

import { DeleteButton } from "@/components/ui/delete-button";
import { deleteRouteAction } from "../actions";

/** Deletes a route, in the list or on its page. */
export function DeleteRoute({
  route: { id, name },
  inList,
}: {
  route: { id: string; name: string };
  inList?: boolean;
}) {
  return (
    <DeleteButton
      noun="route"
      name={name}
      remove={() => deleteRouteAction({ id })}
      inList={inList}
      goTo={inList ? undefined : "/routing/routes"}
    >
      It sends nothing any more, from the next event on. What is on its way is still sent.
    </DeleteButton>
  );
}
