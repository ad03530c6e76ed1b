import { describeScripts } from '../../../support/determinism.ts'

describeScripts(1, 4)
