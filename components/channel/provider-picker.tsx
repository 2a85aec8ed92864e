"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Input } from "@/components/ui/input";
import { Link } from "@/components/ui/link";

interface Props {
  providers: readonly { id: string; label: string; purpose: "message" | "monitor"; canMailPeople: boolean }[];
  /** The provider's id is put behind it. */
  hrefPrefix: string;
}

/** The services Belfry can write to, as cards; typing narrows them down. */
export function ProviderPicker({ providers, hrefPrefix }: Props) {
  const [sought, setSought] = useState("");
  const shown = providers.filter(({ label }) => label.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <div className="flex flex-col gap-3">
      <Input
        type="search"
        aria-label="Search services"
        placeholder="Search services"
        value={sought}
        onChange={(event) => setSought(event.target.value)}
        className="sm:max-w-72"
      />
      <ul aria-label="Services" className="grid gap-3 sm:grid-cols-2">
        {shown.map((provider) => (
          <li key={provider.id}>
            <Link
              href={`${hrefPrefix}${provider.id}`}
              className="flex h-full items-center justify-between gap-3 rounded-lg border border-line bg-panel px-4 py-3 transition-colors hover:border-control hover:bg-hover"
            >
              <span className="min-w-0">
                <span className="block font-medium">{provider.label}</span>
                <span className="block text-muted text-xs">{lineOf(provider)}</span>
              </span>
              <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-muted" />
            </Link>
          </li>
        ))}
      </ul>
      <p role="status" className="text-muted text-sm">
        {shown.length === 0 &&
          `Belfry has no service that is called “${sought.trim()}”. A webhook reaches most others.`}
      </p>
    </div>
  );
}

function lineOf({ purpose, canMailPeople }: Props["providers"][number]): string {
  if (purpose === "monitor") return "Watches single jobs: start, success, failure";
  return canMailPeople ? "Fixed addresses, administrators, and users directly" : "One message for each event";
}
