/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 7;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "384973ce026a410fbaad5eed2611281a2d2255346968592aae67abb0efc09d60";
