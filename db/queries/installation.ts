import { readHome } from "../home";
import { type Identity, INSTALLATION, type Pause, recogniseInstallation } from "../stores/installation";
import { stateValue } from "./dispatch";

/** Who this installation is. The first call on a new database gives it its identity. */
export async function currentInstallation(): Promise<Identity> {
  const known = await stateValue<Identity>(INSTALLATION);
  return known ?? (await recogniseInstallation(await readHome(), Date.now()));
}

/** The id of this installation: what it stores belongs to it. A copy has an id of its own from its first start. */
export async function installationId(): Promise<string> {
  return (await currentInstallation()).id;
}

/**
 * Why this installation pauses: it is a copy, or has another one's configuration, and nobody has decided yet. While it
 * pauses nothing scheduled runs and no stored file may be removed. Null: it does not.
 */
export async function installationPause(): Promise<Pause | null> {
  return (await currentInstallation()).pause;
}
