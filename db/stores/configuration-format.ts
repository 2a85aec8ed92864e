/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 7;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "b39c9b4213c71725136668c1b51f8cff688eddb3d572f08c887c1b3973d8204d";
