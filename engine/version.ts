/** Written into every journal row. Raised whenever the same command could give other events than before. */
export const ENGINE_VERSION = '1';
