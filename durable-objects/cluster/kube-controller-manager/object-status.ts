/** The object with a status: one that was just created may have none yet. */
export const withStatus = <T extends { readonly status: unknown }>(
  object: T,
  empty: T['status'],
): T => (object.status === undefined ? { ...object, status: empty } : object)
