/** True for a caller on the same machine. An address that is not known is none. */
export function isLoopback(address: string | null): boolean {
  if (!address) return false;
  const plain = address.toLowerCase().replace(/^::ffff:/, "");
  return plain === "::1" || /^127(\.\d{1,3}){3}$/.test(plain);
}
