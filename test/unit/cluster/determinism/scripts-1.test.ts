import { describeScripts } from '../../../support/determinism.ts'

describeScripts(0, 4)
