import type { Change } from './ruleset.ts'

/** The kernel refuses the whole transaction. */
export class RulesetError extends Error {
  /** The change that is at fault, and its place among the changes. */
  readonly change: Change
  readonly index: number
  readonly reason: string

  constructor(changes: readonly Change[], index: number, reason: string) {
    const change = changes[index]!
    super(`change ${index} (${describeChange(change)}): ${reason}`)
    this.name = 'RulesetError'
    this.change = change
    this.index = index
    this.reason = reason
  }
}

const describeChange = (change: Change): string => {
  switch (change.kind) {
    case 'table':
      return `table ${change.table}`
    case 'deleteTable':
      return `delete table ${change.table}`
    case 'chain':
      return `chain ${change.table} ${change.chain.name}`
    case 'deleteChain':
      return `delete chain ${change.table} ${change.name}`
    case 'set':
      return `set ${change.table} ${change.set.name}`
    case 'deleteSet':
      return `delete set ${change.table} ${change.name}`
    case 'element':
      return `element ${change.table} ${change.set} { ${change.key} }`
    case 'deleteElement':
      return `delete element ${change.table} ${change.set} { ${change.key} }`
  }
}
