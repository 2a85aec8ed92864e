import { randomBytes } from "node:crypto";
import { z } from "zod";
import { openJson, sealJson } from "@/lib/secrets/seal";

const PURPOSE = "device";
/** A browser that many people share; those who signed in last are remembered. */
const MAX_USERS = 20;
const MAX_CHARACTERS = 3_000;

const sealedDevice = z.object({ id: z.string().regex(/^[\w-]{22}$/), users: z.array(z.string()) });

/** The device of a cookie, when this person has signed in there before; null for a new device, and for a forged cookie. */
export function knownDevice(cookie: string | null, userId: string): string | null {
  const device = cookie ? openDevice(cookie) : null;
  return device?.users.includes(userId) ? device.id : null;
}

/** The cookie after this person has signed in: sealed, so that nobody makes a device known but a right password. */
export function rememberDevice(cookie: string | null, userId: string): string {
  const device = (cookie && openDevice(cookie)) || { id: randomBytes(16).toString("base64url"), users: [] };
  const users = [userId, ...device.users.filter((id) => id !== userId)].slice(0, MAX_USERS);
  return sealJson({ id: device.id, users }, PURPOSE);
}

function openDevice(cookie: string): z.output<typeof sealedDevice> | null {
  if (cookie.length > MAX_CHARACTERS) return null;
  try {
    return sealedDevice.parse(openJson(cookie, PURPOSE));
  } catch {
    return null;
  }
}
