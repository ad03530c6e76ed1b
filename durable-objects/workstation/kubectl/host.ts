// What kubectl needs of the computer that it runs on: one way to the Kubernetes API. It knows nothing else of the cluster.

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Percent-encoded, without query: `/api/v1/namespaces/default/pods`. */
  readonly path: string
  readonly query?: readonly (readonly [string, string])[]
  readonly accept?: string
  readonly contentType?: string
  readonly body?: string
  /** `--as`, `--as-group`, `--as-uid`, `--as-user-extra`. */
  readonly impersonate?: {
    readonly user: string
    readonly groups: readonly string[]
    readonly uid?: string
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  /** `kubectl/v1.36.0 (linux/amd64) kubernetes/…`: its first word names the field manager. */
  readonly userAgent?: string
}

export interface ApiReply {
  readonly status: number
  readonly contentType: string
  /** Texts of `Warning` headers, in order, unquoted. */
  readonly warnings: readonly string[]
  readonly text: string
}

/** A watch, or a log that is followed. */
export interface ApiStream {
  /** What has come since the last call; undefined: the server has ended it. '' if nothing has come. */
  read(): string | undefined
  close(): void
  /** The server ends it after so many; absent: it goes on for as long as it is read. */
  readonly timeoutSeconds?: number
}

/** A program in a container: `exec` and `attach`. */
export interface RemoteProgram {
  /** Bytes, one character each. */
  feed(bytes: string): void
  endInput(): void
  resize(columns: number, rows: number): void
  look(): {
    readonly stdout: string
    readonly stderr: string
    /** Set when it has ended. */
    readonly exitCode?: number
    /** Why it could not go on, as the server's Status says. */
    readonly failure?: string
    /** Milliseconds after which there may be something new; absent: only input helps. */
    readonly wakeIn?: number
  }
  hangUp(): void
}

/** A port of the computer that leads into a Pod for as long as it is open. */
export interface ForwardedPort {
  readonly localPort: number
  /** How many connections have been made since the last call. */
  takeConnections(): number
  close(): void
}

/** What another program of the computer asks over HTTP. */
export interface LocalRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Date and length are told by who sends it. */
export interface LocalReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface KubectlHost {
  /** `https://192.168.49.2:8443`: servers of other names are not there, but for those that are this one. */
  readonly server: string
  isSame?(server: string): boolean
  request(call: ApiCall): ApiReply
  stream(call: ApiCall): ApiStream | ApiReply
  /** For paths that end in `/exec` or `/attach`. */
  program(call: ApiCall): RemoteProgram | ApiReply
  /** `localPort` 0: any that is free. A text: why it cannot listen. */
  forward(namespace: string, pod: string, localPort: number, port: number): ForwardedPort | string
  /** Answers at a port of the computer. Otherwise as `forward`. */
  serve(localPort: number, answer: (request: LocalRequest) => LocalReply): ForwardedPort | string
  /** Opens the page's editor, if the computer has a page in front of it. False: there is none. */
  edit?(path: string): boolean
}
