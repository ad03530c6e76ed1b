import type { ClusterSession } from '../durable-objects/cluster-session.ts'

/** What the platform binds to the Worker (wrangler.toml). */
export interface Bindings {
  readonly SESSIONS: DurableObjectNamespace<ClusterSession>
  readonly ASSETS?: Fetcher
}

/** What the middleware hands to routes. */
export interface Variables {
  /** The whole body, read once: a request whose body nobody reads stalls the next one in this workerd. */
  readonly body: Uint8Array
}

export interface AppEnvironment {
  readonly Bindings: Bindings
  readonly Variables: Variables
}
