/** Names of types, which are values too: `type(x) == int`. */
export const TYPE_NAMES: readonly string[] = [
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
]
