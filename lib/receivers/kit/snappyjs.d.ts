declare module "snappyjs" {
  /** @throws Error for what is no block of Snappy, and for one that says it is longer than `maxLength` */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
