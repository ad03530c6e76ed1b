// Made from the API's facts by scripts/generate-types.mjs.
import type {
  GroupSubject,
  ServiceAccountSubject,
  UserSubject,
} from '#api/flowcontrol/v1/flow-schema/types.ts'

export interface Subject {
  readonly group?: GroupSubject
  readonly kind: string
  readonly serviceAccount?: ServiceAccountSubject
  readonly user?: UserSubject
}
