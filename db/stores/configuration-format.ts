/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 5;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "a2d4719a110827854af41ce93b6cd871a3a9e6394e9f0319850926eed5d4c04e";
