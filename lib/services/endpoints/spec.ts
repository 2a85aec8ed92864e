import { type EndpointRow, findEndpoint } from "@/db/queries/endpoints";
import { AppError } from "@/lib/core/errors";
import type { EndpointKind, EndpointKinds } from "./kind";
import { type EndpointView, type EndpointViewSpec, endpointViews } from "./view";

/** In what sources and destinations differ. */
export interface EndpointSpec<K extends EndpointKind, X extends object> extends EndpointViewSpec<X> {
  kinds: EndpointKinds<K>;
  /** First letters of new ids. */
  idPrefix: "src" | "dst";
  /** Whether it has a threshold for how full it may be. */
  hasThreshold?: boolean;
  /** What its places on this machine are used for. */
  use: "read" | "store";
  /** The absolute paths of this machine that it reads or writes. */
  localPaths(kind: K, config: unknown): string[];
  /** Looks at the endpoint when a person sets it up, who may have chosen to create its folder. @throws AppError `invalid` beside the field */
  prepare?(kind: K, config: Record<string, unknown>, createFolder: boolean): Promise<void>;
}

/** The spec with the steps that several verbs share. */
export interface EndpointFrame<K extends EndpointKind, X extends object> extends EndpointSpec<K, X> {
  /** @throws AppError `not_found` */
  require(id: string): Promise<EndpointRow>;
  notFound(): AppError;
  views(rows: EndpointRow[]): Promise<(EndpointView & X)[]>;
  view(row: EndpointRow): Promise<EndpointView & X>;
}

export function endpointFrame<K extends EndpointKind, X extends object>(spec: EndpointSpec<K, X>): EndpointFrame<K, X> {
  const { name, noun } = spec.kinds;
  const notFound = () => new AppError("not_found", `There is no such ${noun}.`);
  const views = (rows: EndpointRow[]) => endpointViews(spec, rows);
  return {
    ...spec,
    notFound,
    views,
    async require(id) {
      const row = await findEndpoint(name, id);
      if (!row) throw notFound();
      return row;
    },
    async view(row) {
      const [view] = await views([row]);
      return view as EndpointView & X;
    },
  };
}
