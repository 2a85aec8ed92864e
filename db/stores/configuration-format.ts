/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 4;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "3c6b36eb6fa37e35b830fb0bf7668c430ed3e02273f27c8f52e3f94660a339d4";
