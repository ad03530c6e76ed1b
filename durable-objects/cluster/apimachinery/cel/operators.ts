import {
  CelError,
  compare,
  Duration,
  isEqual,
  isList,
  isMap,
  Timestamp,
  Uint,
  type Cel,
} from '#apimachinery/cel/values.ts'

const MIN = -(2n ** 63n)
const MAX = 2n ** 63n - 1n
const MAX_UINT = 2n ** 64n - 1n

const overload = (): never => {
  throw new CelError('no such overload')
}

const integer = (value: bigint): bigint => {
  if (value < MIN || value > MAX) throw new CelError('integer overflow')
  return value
}

const unsigned = (value: bigint): Uint => {
  if (value < 0n || value > MAX_UINT) throw new CelError('unsigned integer overflow')
  return new Uint(value)
}

interface Arithmetic {
  readonly integers: (a: bigint, b: bigint) => bigint
  readonly doubles?: (a: number, b: number) => number
}

const arithmetic =
  ({ integers, doubles }: Arithmetic) =>
  (a: Cel, b: Cel): Cel | undefined => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return integer(integers(a, b))
    if (a instanceof Uint && b instanceof Uint) return unsigned(integers(a.value, b.value))
    if (typeof a === 'number' && typeof b === 'number') return doubles?.(a, b)
    return undefined
  }

const divides =
  (what: string, divide: (a: bigint, b: bigint) => bigint) =>
  (a: bigint, b: bigint): bigint => {
    if (b === 0n) throw new CelError(what)
    return divide(a, b)
  }

const adds = arithmetic({ integers: (a, b) => a + b, doubles: (a, b) => a + b })
const subtracts = arithmetic({ integers: (a, b) => a - b, doubles: (a, b) => a - b })
const multiplies = arithmetic({ integers: (a, b) => a * b, doubles: (a, b) => a * b })
const divide = arithmetic({
  integers: divides('division by zero', (a, b) => a / b),
  doubles: (a, b) => a / b,
})
const rest = arithmetic({ integers: divides('modulus by zero', (a, b) => a % b) })

const add = (a: Cel, b: Cel): Cel => {
  if (typeof a === 'string' && typeof b === 'string') return a + b
  if (isList(a) && isList(b)) return [...a, ...b]
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos + b.nanos)
  if (a instanceof Timestamp && b instanceof Duration) return new Timestamp(a.nanos + b.nanos)
  if (a instanceof Duration && b instanceof Timestamp) return new Timestamp(a.nanos + b.nanos)
  return adds(a, b) ?? overload()
}

const subtract = (a: Cel, b: Cel): Cel => {
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos - b.nanos)
  if (a instanceof Timestamp && b instanceof Duration) return new Timestamp(a.nanos - b.nanos)
  if (a instanceof Timestamp && b instanceof Timestamp) return new Duration(a.nanos - b.nanos)
  return subtracts(a, b) ?? overload()
}

const ordering =
  (holds: (order: number) => boolean) =>
  (a: Cel, b: Cel): Cel => {
    const order = compare(a, b)
    return order === undefined ? overload() : holds(order)
  }

const isIn = (item: Cel, collection: Cel): Cel => {
  if (isList(collection)) return collection.some((one) => isEqual(one, item))
  return isMap(collection) ? collection.get(item) !== undefined : overload()
}

const negate = (a: Cel): Cel => {
  if (typeof a === 'bigint') return integer(-a)
  if (a instanceof Duration) return new Duration(-a.nanos)
  return typeof a === 'number' ? -a : overload()
}

type Operator = (...values: readonly Cel[]) => Cel

const binary =
  (operate: (a: Cel, b: Cel) => Cel): Operator =>
  (...values) =>
    operate(values[0]!, values[1]!)

export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['_==_', binary(isEqual)],
  ['_!=_', binary((a, b) => !isEqual(a, b))],
  ['_<_', binary(ordering((order) => order < 0))],
  ['_<=_', binary(ordering((order) => order <= 0))],
  ['_>_', binary(ordering((order) => order > 0))],
  ['_>=_', binary(ordering((order) => order >= 0))],
  ['_in_', binary(isIn)],
  ['_+_', binary(add)],
  ['_-_', binary(subtract)],
  ['_*_', binary((a, b) => multiplies(a, b) ?? overload())],
  ['_/_', binary((a, b) => divide(a, b) ?? overload())],
  ['_%_', binary((a, b) => rest(a, b) ?? overload())],
  ['-_', (...values) => negate(values[0]!)],
  ['!_', (...values) => (typeof values[0] === 'boolean' ? !values[0] : overload())],
])
