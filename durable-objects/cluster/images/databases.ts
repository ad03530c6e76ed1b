import {
  type Environment,
  type ImageBehaviour,
  MEBIBYTE,
  type Process,
  programName,
  quietly,
} from '#images/behaviour.ts'

const isSet = (env: Environment, ...names: readonly string[]): boolean =>
  names.some((name) => Object.hasOwn(env, name) && env[name] !== '')

const listening = (port: number, megabytes: number, ...lines: readonly string[]): Process =>
  quietly({
    listens: [{ port, protocol: 'TCP', after: 0 }],
    memoryBytes: megabytes * MEBIBYTE,
    log: lines.map((text) => ({ after: 0, text, stream: 'stdout' })),
    terminates: 0,
  })

const refusing = (text: string): Process =>
  quietly({
    ends: { after: 60, exitCode: 1 },
    log: text.split('\n').map((line) => ({ after: 60, text: line, stream: 'stderr' })),
  })

/** An image with one server; anything else that is started in it is left to the command reader. */
const server = (
  image: Pick<ImageBehaviour, 'sizeBytes' | 'entrypoint' | 'cmd'>,
  names: readonly string[],
  start: (env: Environment, argv: readonly string[]) => Process,
): ImageBehaviour => ({
  ...image,
  user: 0,
  program: (argv, { env }) => {
    const own = programName(argv[0]).startsWith('docker-entrypoint') ? argv.slice(1) : argv
    // The entrypoints take bare flags to mean their own server.
    const isOwn = names.includes(programName(own[0])) || own[0]?.startsWith('-') === true
    return isOwn ? start(env, own) : undefined
  },
})

export const redis = server(
  { sizeBytes: 52_481_613, entrypoint: ['docker-entrypoint.sh'], cmd: ['redis-server'] },
  ['redis-server', 'valkey-server'],
  (_, argv) => {
    const flag = argv.indexOf('--port')
    const port = flag < 0 ? 6379 : Number(argv[flag + 1])
    return listening(
      port > 0 ? port : 6379,
      9,
      '* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo',
      '* Ready to accept connections tcp',
    )
  },
)

const NO_SUPERUSER_PASSWORD = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html`

export const postgres = server(
  { sizeBytes: 160_934_441, entrypoint: ['docker-entrypoint.sh'], cmd: ['postgres'] },
  ['postgres'],
  (env) =>
    isSet(env, 'POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE') ||
    env['POSTGRES_HOST_AUTH_METHOD'] === 'trust'
      ? listening(
          5432,
          48,
          'PostgreSQL init process complete; ready for start up.',
          'LOG:  database system is ready to accept connections',
        )
      : refusing(NO_SUPERUSER_PASSWORD),
)

const noRootPassword = (...names: readonly string[]): string =>
  [
    '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified',
    '    You need to specify one of the following as an environment variable:',
    ...names.map((name) => `    - ${name}`),
  ].join('\n')

export const mysql = server(
  { sizeBytes: 257_843_018, entrypoint: ['docker-entrypoint.sh'], cmd: ['mysqld'] },
  ['mysqld'],
  (env) =>
    isSet(
      env,
      'MYSQL_ROOT_PASSWORD',
      'MYSQL_ROOT_PASSWORD_FILE',
      'MYSQL_ALLOW_EMPTY_PASSWORD',
      'MYSQL_RANDOM_ROOT_PASSWORD',
    )
      ? listening(3306, 380, "/usr/sbin/mysqld: ready for connections. Version: '9.5.0'")
      : refusing(
          noRootPassword(
            'MYSQL_ROOT_PASSWORD',
            'MYSQL_ALLOW_EMPTY_PASSWORD',
            'MYSQL_RANDOM_ROOT_PASSWORD',
          ),
        ),
)

export const mariadb = server(
  { sizeBytes: 106_390_514, entrypoint: ['docker-entrypoint.sh'], cmd: ['mariadbd'] },
  ['mariadbd', 'mysqld'],
  (env) =>
    isSet(
      env,
      ...['MARIADB', 'MYSQL'].flatMap((prefix) => [
        `${prefix}_ROOT_PASSWORD`,
        `${prefix}_ROOT_PASSWORD_HASH`,
        `${prefix}_ROOT_PASSWORD_FILE`,
        `${prefix}_ALLOW_EMPTY_ROOT_PASSWORD`,
        `${prefix}_ALLOW_EMPTY_PASSWORD`,
        `${prefix}_RANDOM_ROOT_PASSWORD`,
      ]),
    )
      ? listening(3306, 95, 'mariadbd: ready for connections.')
      : refusing(
          noRootPassword(
            'MARIADB_ROOT_PASSWORD',
            'MARIADB_ROOT_PASSWORD_HASH',
            'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD',
            'MARIADB_RANDOM_ROOT_PASSWORD',
          ),
        ),
)

export const mongo = server(
  { sizeBytes: 321_880_127, entrypoint: ['docker-entrypoint.sh'], cmd: ['mongod'] },
  ['mongod'],
  () => listening(27_017, 160, 'Waiting for connections'),
)

export const memcached = server(
  { sizeBytes: 31_662_104, entrypoint: ['docker-entrypoint.sh'], cmd: ['memcached'] },
  ['memcached'],
  () => listening(11_211, 3),
)
