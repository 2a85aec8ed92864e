import { allDestinations, allSources } from "./registry";
import { allRepositoryPrograms } from "./repositories/registry";

/** The Debian packages of tools that runs use themselves, whatever the source and destination. */
export const RUN_TOOLS: Readonly<Record<string, string>> = { gzip: "gzip", zstd: "zstd" };

/** The Debian package of each tool that runs, sources or destinations start. */
export function toolPackages(): Readonly<Record<string, string>> {
  return Object.assign(
    {},
    RUN_TOOLS,
    ...[...allSources(), ...allDestinations(), ...allRepositoryPrograms()].map(({ packages }) => packages),
  );
}

/** `apt install zstd`, as advice. */
export function installAdvice(tool: string): string | null {
  const name = toolPackages()[tool];
  return name ? `Install it on the machine that Belfry runs on: apt install ${name}` : null;
}
