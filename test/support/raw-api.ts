import type { UserInfo } from '#api/strategy.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { Cluster, type ClusterOptions } from '#cluster.ts'
import type { ApiRequest, WatchAnswer } from '#kube-apiserver/endpoints/http.ts'
import { settingsOf, type SettingsRequest } from '#settings.ts'

const CREATED_AT = Date.parse('2026-01-01T00:00:00Z')

const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  readonly headers: readonly (readonly [string, string])[]
  /** The texts of the Warning headers. */
  readonly warnings: readonly string[]
  readonly text: string
  /** The body read as JSON. */
  readonly body: JsonObject
}

type Headers = Partial<
  Pick<ApiRequest, 'accept' | 'contentType' | 'userAgent' | 'headers' | 'basePath' | 'impersonate'>
>

/** A bare cluster as one that writes HTTP by hand sees it: `send('GET', '/api/v1/pods?limit=x')`. */
export class RawApi {
  readonly #options: ClusterOptions
  #cluster: Cluster

  constructor(settings: SettingsRequest = {}, createdAt = CREATED_AT) {
    this.#options = {
      seed: 20_261,
      settings: settingsOf({
        template: 'bare',
        delays: 'instant',
        loadBalancer: 'none',
        ...settings,
      }),
      createdAt,
    }
    this.#cluster = new Cluster(this.#options)
  }

  get cluster(): Cluster {
    return this.#cluster
  }

  /** The cluster is thrown away and made again from its store. */
  restart(): void {
    this.#cluster = new Cluster({ ...this.#options, state: this.#cluster.state() })
  }

  send(
    method: string,
    url: string,
    body: object | string | Uint8Array = '',
    headers: Headers = {},
  ): RawAnswer {
    const answer = this.#handle(method, url, body, headers)
    if ('watch' in answer) throw new Error(`${url} is a watch`)
    const text = answer.body.join('')
    const values = answer.headers ?? []
    return {
      ...answer,
      headers: values,
      warnings: values
        .filter(([name]) => name === 'warning')
        .map(([, value]) => value.slice('299 - "'.length, -1)),
      text,
      get body() {
        return JSON.parse(text) as JsonObject
      },
    }
  }

  /** What a watch says at once. */
  watch(url: string): readonly JsonObject[] {
    const answer = this.#handle('GET', url, '', {}) as WatchAnswer
    const lines: string[] = []
    answer.watch.start(
      (text) => void lines.push(text),
      () => undefined,
    )
    answer.watch.close()
    return lines.map((line) => JSON.parse(line) as JsonObject)
  }

  /** A watch that goes on: whoever asks starts and closes it. */
  openWatch(url: string): WatchAnswer {
    const answer = this.#handle('GET', url, '', {})
    if (!('watch' in answer)) throw new Error(`${url} is no watch: ${answer.body.join('')}`)
    return answer
  }

  #handle(method: string, url: string, body: object | string | Uint8Array, headers: Headers) {
    const { pathname, searchParams } = new URL(url, 'http://cluster')
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    return this.cluster.handle({
      method,
      path: pathname,
      query: [...searchParams],
      accept: 'application/json',
      contentType: isRaw && body.length === 0 ? '' : 'application/json',
      userAgent: 'test/v1',
      ...headers,
      body: isRaw ? body : JSON.stringify(body),
      user: ADMINISTRATOR,
    })
  }
}
