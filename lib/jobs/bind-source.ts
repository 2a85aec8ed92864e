import type { JobIo } from "./contract";
import type { OpenSource } from "./endpoints";
import { askFiles } from "./files/ask";
import { untilAborted } from "./until-aborted";

/**
 * Binds a source to the io of a run: what the run waits for has a name, and nothing in this process touches the files
 * of a source whose disk does not answer.
 */
export function bindSource(source: OpenSource, io: JobIo): OpenSource {
  const { kind, name } = source;
  const watched = <T>(step: string, work: Promise<T>) => io.watch?.watch(step, work) ?? work;
  const requireAnswer = (config: unknown) => watched(`reaching ${name}`, requireAnswers(kind.localPaths(config), io));
  return {
    ...source,
    kind: {
      ...kind,
      async preflight(config, own) {
        await requireAnswer(config);
        return await watched(`checking ${name}`, kind.preflight(config, own));
      },
      async dump(config, own, avoid) {
        await requireAnswer(config);
        const dump = await watched(`opening ${name}`, kind.dump(config, own, avoid));
        void watched(`reading ${name}`, dump.ended).catch(() => undefined);
        return dump;
      },
      ...(kind.openFolder && {
        async openFolder(config: unknown, own: JobIo, avoid: string[]) {
          await requireAnswer(config);
          return await watched(`opening ${name}`, (kind.openFolder as OpensFolder)(config, own, avoid));
        },
      }),
      verify: (dump, own) => watched("verifying the backup", kind.verify(dump, own)),
    },
  };
}

type OpensFolder = NonNullable<OpenSource["kind"]["openFolder"]>;

/** Waits until the disk of each path has answered. A path that does not exist is the source's own to report. */
export async function requireAnswers(paths: string[], io: JobIo): Promise<void> {
  const { signal, log } = io;
  for (const path of paths) {
    await untilAborted(signal, () =>
      askFiles({ op: "answers", path }, { root: path, signal, log }).catch((error: unknown) => {
        if (!isSystemError(error)) throw error;
      }),
    );
  }
}

function isSystemError(error: unknown): boolean {
  return typeof (error as { code?: unknown } | null)?.code === "string";
}
