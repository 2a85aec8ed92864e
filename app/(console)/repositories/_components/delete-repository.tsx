"use client";

import { DeleteButton } from "@/components/ui/delete-button";
import { deleteRepositoryAction } from "../actions";

/** Forgets a repository. */
export function DeleteRepository({ id, name }: { id: string; name: string }) {
  return (
    <div>
      <DeleteButton noun="repository" name={name} remove={() => deleteRepositoryAction({ id })} goTo="/repositories">
        Belfry forgets the repository and its passphrase. What is stored in it stays where it is.
      </DeleteButton>
    </div>
  );
}
