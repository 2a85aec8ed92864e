"use client";

import { type FormEvent, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { endSignInAgain, useIsSignInWanted } from "@/components/action/sign-in-again";
import { FormError } from "@/components/form/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ScriptForm } from "@/components/ui/script-form";
import type { ActionError, ActionResult } from "@/lib/core/action-error";

/** Signs in without leaving the page. */
export type SignInAgain = (input: { email: string; password: string }) => Promise<ActionResult<null>>;

/** Over a page whose session has ended: the person signs in again, and what they had begun goes on. */
export function SignInDialog({ email, signIn }: { email: string; signIn: SignInAgain }) {
  const isWanted = useIsSignInWanted();
  return (
    <Dialog
      open={isWanted}
      onOpenChange={(open) => !open && endSignInAgain(false)}
      size="sm"
      title="Sign in to go on"
      description="Your session has ended. What you entered on this page is kept."
    >
      {isWanted && <SignInForm email={email} signIn={signIn} />}
    </Dialog>
  );
}

/** Without a transition of its own: React ends none while the one that waits for this sign-in goes on. */
function SignInForm({ email, signIn }: { email: string; signIn: SignInAgain }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ActionError | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const password = String(new FormData(event.currentTarget).get("password"));
    setPending(true);
    const answer = await answerOf(() => signIn({ email, password }));
    setPending(false);
    setError(answer.ok ? null : answer.error);
    if (answer.ok) endSignInAgain(true);
  };
  return (
    <ScriptForm onSubmit={submit} data-changed="false">
      <FieldStack>
        <FormError error={error} known={["password"]} />
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <Field label={`Password of ${email}`} error={error?.fields?.password}>
          <Input name="password" type="password" autoComplete="current-password" autoFocus required />
        </Field>
        <div className="flex justify-end gap-2">
          <DialogClose>
            <Button>Not now</Button>
          </DialogClose>
          <Button type="submit" variant="primary" pending={pending}>
            Sign in
          </Button>
        </div>
      </FieldStack>
    </ScriptForm>
  );
}
