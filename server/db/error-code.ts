/** The `code` of an error: an SQLSTATE, or a name of the system such as ENOENT; undefined when it has none. */
export function errorCode(error: unknown): string | undefined {
  // Not by instanceof: errors of Node itself may come from another realm.
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The text of whatever was thrown; of several errors in one that says nothing itself (each address of a name), theirs. */
export function errorMessage(error: unknown): string {
  const message: unknown = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  if (message !== '') return String(message);
  const inner = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : null;
  return Array.isArray(inner) ? inner.map(errorMessage).join('; ') : String(error);
}
