import { nodeFaults } from './node-faults.ts'
import { podFaults } from './pod-faults.ts'
import { serviceFaults } from './service-faults.ts'
import type { Fault } from './fault.ts'

export const allFaults: Readonly<Record<string, Fault>> = {
  ...serviceFaults,
  ...podFaults,
  ...nodeFaults,
}
