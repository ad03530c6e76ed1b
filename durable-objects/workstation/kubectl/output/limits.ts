import { PlainFailure } from '#kubectl/failure.ts'

/** A computer that runs out of memory ends the program that wants it; so it does one that would never end. */
export const killed = (): PlainFailure => new PlainFailure('Killed', 137)
