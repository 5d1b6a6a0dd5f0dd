/** Written into every journal row. From the first release on raised whenever the same command could give other events. */
export const ENGINE_VERSION = '1';
