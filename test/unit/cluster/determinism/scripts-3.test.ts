import { describeScripts } from '../../../support/determinism.ts'

describeScripts(2, 4)
