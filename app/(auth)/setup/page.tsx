import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Gate } from "@/components/shell/gate";
import { setupStatus } from "@/lib/services/setup/create";
import { page } from "@/lib/web/page";
import { callerAddress } from "@/lib/web/request";
import { type GateField, GateForm } from "../_components/gate-form";
import { createFirstAdmin } from "./actions";

export const metadata: Metadata = { title: "Set up" };

const FIELDS: GateField[] = [
  { name: "name", label: "Your name", type: "text", autoComplete: "name" },
  { name: "email", label: "Mail address", type: "email", autoComplete: "username" },
  {
    name: "password",
    label: "Password",
    type: "password",
    autoComplete: "new-password",
    help: "At least 10 characters. A few words make a good one.",
  },
];

const CODE: GateField = {
  name: "code",
  label: "Set-up code",
  type: "text",
  autoComplete: "off",
  help: "You are not at the machine itself, so Belfry asks for the code it printed when it started.",
};

export default async function SetupPage() {
  const status = await page(setupStatus, { address: callerAddress(await headers()) });
  if (!status.isOpen) redirect("/login");
  return (
    <Gate title="Welcome to Belfry" sub="Create the account that administers this installation.">
      <GateForm
        action={createFirstAdmin}
        fields={status.needsCode ? [...FIELDS, CODE] : FIELDS}
        submit="Create account"
      />
    </Gate>
  );
}
