import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { settingsGeneralGet } from "@/lib/services/settings/general-get";
import { pageOrNull } from "@/lib/web/page";
import { reader } from "../../reader";
import { GeneralForm } from "./_components/general-form";

export const metadata: Metadata = { title: "General" };

export default async function GeneralPage() {
  const [settings, { isAdmin }] = await Promise.all([pageOrNull(settingsGeneralGet, {}), reader()]);
  if (!settings || !isAdmin) return null;
  return (
    <div className="flex max-w-[720px] flex-col gap-5">
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "General" }]} />
      <GeneralForm settings={settings} />
    </div>
  );
}
