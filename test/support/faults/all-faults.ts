import { serviceFaults } from './service-faults.ts'
import type { Fault } from './fault.ts'

export const allFaults: Readonly<Record<string, Fault>> = { ...serviceFaults }
