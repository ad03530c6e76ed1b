import { describeScripts } from '../../../support/determinism.ts'

describeScripts(3, 4)
