/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 5;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "243e20a591eb90075dd7b895d90e328d340d37a69eea3e42d9e0d0a2a3505443";
