import { assign, type KubeObject } from '#apimachinery/object.ts'

interface WithSpec extends KubeObject {
  readonly spec: unknown
}

/**
 * A write to /status leaves the spec alone. Metadata may change with it: the Deployment controller
 * records the revision this way. kubernetes: pkg/registry/apps: statusStrategy.PrepareForUpdate
 */
export const keepSpec = <T extends WithSpec>(object: T, old: T): T =>
  assign<WithSpec>(object, { spec: old.spec }) as T

interface WithStatus extends KubeObject {
  readonly status: unknown
}

/** A write to the object leaves the status alone. */
export const keepStatus = <T extends WithStatus>(object: T, old: T): T =>
  assign<WithStatus>(object, { status: old.status }) as T
