import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { importBorgmaticAction } from "../../actions";
import { ImportBorgmatic } from "../_components/import-borgmatic";

export const metadata: Metadata = { title: "Import from borgmatic" };

export default async function ImportBorgmaticPage() {
  const { isAdmin } = await currentUser();
  return <ImportBorgmatic run={importBorgmaticAction} mayCreateChannels={isAdmin} />;
}
