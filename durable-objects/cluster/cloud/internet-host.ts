// A machine of the internet: data and pure functions.
export interface InternetRequest {
  readonly method: string
  /** With the query: `/get?a=1`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly isTls: boolean
  /** Without the port, in lower case. */
  readonly host: string
  /** The address that the request seems to come from. */
  readonly client: string
}

export interface InternetReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** How long it thinks before it answers, in milliseconds. */
  readonly takes?: number
  /** What happens instead of the answer. */
  readonly fails?: 'silent' | 'reset'
}

/** What is served under some names. */
export interface Site {
  readonly names: readonly string[]
  readonly serve: (request: InternetRequest) => InternetReply
  /** Over plain HTTP it only sends to HTTPS. */
  readonly isSecureOnly?: boolean
}

/** A port that answers to whatever name it is asked by. */
export interface InternetPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly isTls?: boolean
  /** Absent: no HTTP is spoken there. */
  readonly serve?: (request: InternetRequest) => InternetReply
  /** What comes back for what was sent without HTTP. */
  readonly message?: (text: string) => string | undefined
}

/** A machine, which may have many sites. */
export interface InternetHost {
  readonly addresses: readonly string[]
  /** It has no power. */
  readonly isDown?: boolean
  /** Ports beside those of the sites. */
  readonly ports?: readonly InternetPort[]
  readonly sites: readonly Site[]
  /** What it says when asked for a name that is none of its sites'; absent: it serves its first site. */
  readonly stranger?: (request: InternetRequest) => InternetReply
  /** Ports that accept connections but speak no HTTP, and how they begin. */
  readonly otherPorts?: Readonly<Record<number, string>>
}
