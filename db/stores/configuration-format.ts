/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 7;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "e97d6b71e51ff406ef783f7ab99cb0c2aa78fd44c9b9d1de4896bc2f9e9e0bcb";
