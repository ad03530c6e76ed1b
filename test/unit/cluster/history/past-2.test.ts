import { describePast } from '../../../support/past.ts'

describePast(1, 2)
