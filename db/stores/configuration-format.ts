/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 6;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "7e6b550b72cf38a5e7ebf51ea6604868517aafccdb2cc7e43fc9cc17ec8c0b7c";
