import { describePast } from '../../../support/past.ts'

describePast(0, 2)
