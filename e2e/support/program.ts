import path from "node:path";

/** The built program that the tests run, and its Node: of the checkout, unless the part on another Node names others. */
export const PROGRAM = {
  node: process.env.BELFRY_TEST_NODE ?? process.execPath,
  folder: process.env.BELFRY_TEST_PROGRAM ?? path.resolve(import.meta.dirname, "../.."),
  /** Whether the checkout's own build is meant. */
  isCheckout: process.env.BELFRY_TEST_PROGRAM === undefined,
};
