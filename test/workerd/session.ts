import { env, exports } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import type * as worker from '../../worker/index.ts'
import type { ClusterSession } from '../../durable-objects/cluster-session.ts'

type Cell = string | number | null | { readonly base64: string }

/** A session as it lay on the disk, table by table. */
export interface StoredSession {
  readonly id: string
  readonly key: string
  readonly schema: Readonly<Record<string, string>>
  readonly tables: Readonly<Record<string, readonly (readonly Cell[])[]>>
}

declare global {
  namespace Cloudflare {
    interface Env {
      readonly SESSIONS: DurableObjectNamespace<ClusterSession>
      /** By the format that they are stored in. */
      readonly STORED_SESSIONS: Readonly<Record<number, StoredSession>>
    }
    interface GlobalProps {
      mainModule: typeof worker
    }
  }
}

const ORIGIN = 'http://kubarium.test'

/** A request to the Worker, as from outside. */
export const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(new Request(`${ORIGIN}${path}`, init))

export interface TestSession {
  readonly id: string
  readonly key: string
  /** A new one each time: a stub does not outlive an eviction. */
  readonly stub: () => DurableObjectStub<ClusterSession>
  /** A request to its Kubernetes API with the key. */
  readonly kubernetes: (path: string, init?: RequestInit) => Promise<Response>
  /** The same, with the answer's JSON. */
  readonly json: <T = Record<string, unknown>>(path: string, init?: RequestInit) => Promise<T>
}

export const newSession = async (
  options: Readonly<Record<string, unknown>> = { template: 'bare', delays: 'instant' },
): Promise<TestSession> => {
  const answer = await call('/api/sessions', { method: 'POST', body: JSON.stringify(options) })
  if (answer.status !== 201) throw new Error(await answer.text())
  const { id, key } = await answer.json<{ id: string; key: string }>()
  const kubernetes = (path: string, init?: RequestInit) => call(`/k8s/${id}.${key}${path}`, init)
  return {
    id,
    key,
    stub: () => env.SESSIONS.getByName(id),
    kubernetes,
    json: async (path, init) => (await kubernetes(path, init)).json(),
  }
}

export const withBody = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export const configMap = (name: string, data: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

/** All that a session has stored, table by table. */
export const stored = (session: TestSession): Promise<Record<string, readonly unknown[]>> =>
  runInDurableObject(session.stub(), (_instance, { storage: { sql } }) => {
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('_'))
    return Object.fromEntries(
      tables.map((name) => [name, sql.exec(`SELECT * FROM ${name}`).toArray()]),
    )
  })

/** Reads a watch line by line; empty lines are its heartbeat. */
export const linesOf = (answer: Response) => {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    next: async <T = WatchEvent>(): Promise<T | undefined> => {
      for (;;) {
        const end = text.indexOf('\n')
        if (end >= 0) {
          const line = text.slice(0, end)
          text = text.slice(end + 1)
          if (line !== '') return JSON.parse(line) as T
          continue
        }
        const { done, value } = await reader.read()
        if (done) return undefined
        text += value
      }
    },
    cancel: () => reader.cancel(),
  }
}

export interface WatchEvent {
  readonly type: string
  readonly object: {
    readonly kind: string
    readonly code?: number
    readonly reason?: string
    readonly metadata: {
      readonly name: string
      readonly resourceVersion: string
      readonly annotations?: Readonly<Record<string, string>>
    }
    readonly data?: Readonly<Record<string, string>>
  }
}
