/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 7;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "a489c0d231480cdb67c62bb0df5eb9b03b4ab2f66257452e9505aa5a317d5dd7";
