/** A problem's dedup key: its event type and its subject. Built here and nowhere else. */
export function keyOf(type: string, subjectId: string): string {
  return `${type}:${subjectId}`;
}

/** The key of a problem with one recipient of a channel. */
export function keyOfRecipient(type: string, channelId: string, recipient: string): string {
  return `${keyOf(type, channelId)}:${recipient}`;
}

/** The recipient that a key of that kind names; null for one about the channel itself. */
export function recipientOfKey(key: string, type: string, channelId: string): string | null {
  const start = keyOfRecipient(type, channelId, "");
  return key.startsWith(start) ? key.slice(start.length) : null;
}

/** Of a disk of a client: two that are full are two problems. */
export function keyOfDisk(type: string, clientId: string, mount: string): string {
  return `${keyOf(type, clientId)}@${mount}`;
}
