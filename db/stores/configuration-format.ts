/**
 * The format of a configuration backup: raised with every table and column that the configuration gets or loses, so that
 * an older version refuses a file which it would not restore completely. A test fails when it was not raised.
 */
export const CONFIGURATION_FORMAT = 6;

/** SHA-256 over the names of the tables and columns of that format. */
export const CONFIGURATION_SHAPE = "d476dc99d245027ed6ab86f5d37e1d522c58f31f8ed950fa4c7e1cf009988115";
