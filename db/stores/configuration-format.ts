/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 6;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "2ff4cad34d5ae48834c8647b98979b64576f5439f853f59f7d41c160282d886d";
