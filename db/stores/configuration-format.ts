/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 2;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "3154e81d2f67b80f9ca2e24876d32be992303061c23c698843b1e1db5f265e23";
