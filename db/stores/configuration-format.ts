/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 3;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "f264b42578fe2a8bd4bf7f5d3d0e72ed14916774b1283523f9e0978a3c1e561f";
