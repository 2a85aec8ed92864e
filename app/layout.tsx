import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { EarlyScript } from "@/components/ui/early/early-script";
import { Nonce } from "@/components/ui/nonce";
import { Toaster } from "@/components/ui/toast";
import { installationName } from "@/lib/services/settings/installation-name";
import { mono, sans } from "./fonts";
import "./globals.css";

/** The name in the titles distinguishes the tabs of several installations. */
export async function generateMetadata(): Promise<Metadata> {
  const name = await installationName();
  return {
    title: { default: name, template: `%s · ${name}` },
    description: "Backups with notifications you can trust",
    robots: { index: false, follow: false },
    referrer: "same-origin",
  };
}

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfbfa" },
    { media: "(prefers-color-scheme: dark)", color: "#111110" },
  ],
};

/** Pages are rendered per request: each carries the nonce that its scripts need. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html lang="en" className={`${sans.variable} ${mono.variable}`}>
      <body>
        <EarlyScript nonce={nonce} />
        <Nonce nonce={nonce} />
        {children}
        <Toaster />
      </body>
    </html>
  );
}
