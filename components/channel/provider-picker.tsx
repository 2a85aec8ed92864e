"use client";

import { Search } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { useEarlyClick } from "@/components/ui/early/early-click";
import { Input } from "@/components/ui/input";
import { Link } from "@/components/ui/link";
import { findProviders, type PickableProvider } from "./find-providers";
import { ProviderIcon } from "./provider-icon";

interface Props {
  providers: readonly PickableProvider[];
  /** The provider's id is appended. Left out: `onChoose` is called. */
  hrefPrefix?: string;
  onChoose?: (id: string) => void;
  /** Ids of the services that are shown before a search, or before all are asked for; left out: all. */
  first?: readonly string[];
}

/**
 * The services Belfry can send to. Typing filters them, Enter takes the first, the arrow keys move between them.
 * Monitors are a group apart, because they are used on jobs only.
 */
export function ProviderPicker({ providers, hrefPrefix, onChoose, first }: Props) {
  const [query, setQuery] = useState("");
  const [isWhole, setWhole] = useState(!first);
  const isShort = !isWhole && query.trim() === "";
  const frame = useRef<HTMLDivElement>(null);
  const found = findProviders(providers, query);
  const shown = isShort ? found.filter(({ id }) => first?.includes(id)) : found;
  const cards = () => [...(frame.current?.querySelectorAll<HTMLElement>("[data-provider]") ?? [])];
  const group = (purpose: PickableProvider["purpose"]) =>
    shown
      .filter((provider) => provider.purpose === purpose)
      .map((provider) => (
        <li key={provider.id}>
          <Card provider={provider} hrefPrefix={hrefPrefix} onChoose={onChoose} />
        </li>
      ));
  const messages = group("message");
  const monitors = group("monitor");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move between the links inside, which stay reachable by Tab.
    <div ref={frame} className="flex flex-col gap-3" onKeyDown={(event) => moveFocus(event, cards())}>
      <span className="relative sm:max-w-72">
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted"
        />
        <Input
          type="search"
          aria-label="Search services"
          placeholder="Search services"
          value={query}
          className="pl-8"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            if (query.trim()) cards()[0]?.click();
          }}
        />
      </span>
      {messages.length > 0 && (
        <ul aria-label="Services" className={GRID}>
          {messages}
        </ul>
      )}
      {isShort && (
        <div>
          <Button
            variant="ghost"
            onClick={() => {
              setWhole(true);
              frame.current?.querySelector("input")?.focus();
            }}
          >
            All {providers.length} services
          </Button>
        </div>
      )}
      {monitors.length > 0 && (
        <section aria-labelledby="monitors" className="mt-2 flex flex-col gap-2">
          <div>
            <h2 id="monitors" className="font-medium text-sm">
              Monitors
            </h2>
            <p className="text-muted text-xs">
              Monitors receive every start and end of a run, and alert on their own when one is missing. Add them to the
              notification rules of jobs; system events are not sent to them.
            </p>
          </div>
          <ul aria-label="Monitors" className={GRID}>
            {monitors}
          </ul>
        </section>
      )}
      <p role="status" className="text-muted text-sm empty:hidden">
        {shown.length === 0 && `No service matches “${query.trim()}”. A webhook or an Apprise URL reaches most others.`}
      </p>
    </div>
  );
}

const GRID = "grid gap-2 sm:grid-cols-2 md:grid-cols-3";
const CARD =
  "group flex h-full w-full items-center gap-3 rounded-lg border border-line bg-panel px-3 py-2.5 text-left transition-colors hover:border-control hover:bg-hover";

function Card({
  provider,
  hrefPrefix,
  onChoose,
}: { provider: PickableProvider } & Pick<Props, "hrefPrefix" | "onChoose">) {
  const { id, label, tagline, icon } = provider;
  const early = useEarlyClick({ onClick: () => onChoose?.(id) });
  const content = (
    <>
      <ProviderIcon path={icon.path} className="size-5 text-muted group-hover:text-ink" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium text-sm">{label}</span>
        <span className="block truncate text-muted text-xs">{tagline}</span>
      </span>
    </>
  );
  if (hrefPrefix !== undefined) {
    return (
      <Link href={`${hrefPrefix}${id}`} data-provider={id} className={CARD}>
        {content}
      </Link>
    );
  }
  return (
    <button {...early} type="button" data-provider={id} className={CARD}>
      {content}
    </button>
  );
}

/** Moves the focus by the arrow keys: to the neighbour sideways, to the nearest card up and down. */
function moveFocus(event: KeyboardEvent, cards: HTMLElement[]): void {
  const focused = document.activeElement;
  const at = focused instanceof HTMLElement ? cards.indexOf(focused) : -1;
  const isInSearch = focused instanceof HTMLInputElement;
  if (isInSearch ? event.key !== "ArrowDown" : at < 0) return;
  const next = isInSearch ? cards[0] : findNeighbour(event.key, cards, at);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function findNeighbour(key: string, cards: HTMLElement[], at: number): HTMLElement | undefined {
  if (key === "ArrowRight") return cards[at + 1];
  if (key === "ArrowLeft") return cards[at - 1];
  if (key === "Home") return cards[0];
  if (key === "End") return cards.at(-1);
  if (key !== "ArrowDown" && key !== "ArrowUp") return undefined;
  const from = cards[at]?.getBoundingClientRect();
  if (!from) return undefined;
  const isAhead = ({ top }: DOMRect) => (key === "ArrowDown" ? top > from.top + 1 : top < from.top - 1);
  const distance = ({ top, left }: DOMRect) => Math.abs(top - from.top) * 10 + Math.abs(left - from.left);
  return cards
    .filter((card) => isAhead(card.getBoundingClientRect()))
    .sort((a, b) => distance(a.getBoundingClientRect()) - distance(b.getBoundingClientRect()))[0];
}
