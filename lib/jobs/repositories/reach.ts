import { local } from "../destinations/local";
import { probe } from "../probe";
import { scanHostKeys } from "./access";
import type { OpenRepository } from "./contract";
import { secretsOf } from "./open-repository";

/**
 * Proves that the place of a repository answers: its folder, or the SSH server that it is on. Its program is not asked, which a
 * run that works on it would hold up. @param answerMs how long it may take @throws RunError
 */
export async function reachRepository(repository: OpenRepository, answerMs: number): Promise<void> {
  const { location } = repository;
  await probe(
    secretsOf(repository),
    async (io) => {
      if (location.type === "server") await scanHostKeys(location, io);
      else await local.measure({ path: location.path }, io);
    },
    answerMs,
  );
}
