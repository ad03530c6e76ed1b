// Reads what kustomizations refer to, and keeps them from reading what is none of theirs. kustomize: api/internal/loader/fileloader.go
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { builtInSchemas, type MergeSchemas } from '#kubectl/kustomize/merge-schema.ts'
import {
  cleanPath,
  directoryOf,
  isWithin,
  joinPath,
  missingPart,
  type KustomizeFiles,
} from '#kubectl/kustomize/files.ts'

const REMOTE_FILE = /^https?:\/\/([^/:]*)/
const REPOSITORY =
  /^(?:git::|git@|ssh:\/\/|gh:|file:\/\/)|(?:^|[/@])github\.com[:/]|\.git(?:[/?]|$)|_git\/|^https?:\/\/[^/]+\/.*(?:\/\/|[?&](?:ref|version)=)/

const reasonOf = (files: KustomizeFiles, missing: string): string =>
  files.isDirectory(directoryOf(missing))
    ? `lstat ${missing}: no such file or directory`
    : 'not a directory'

const notThere = (files: KustomizeFiles, shown: string, path: string): string =>
  `evalsymlink failure on '${shown}' : ${reasonOf(files, missingPart(files, path) ?? path)}`

/** The directory at `path`; `shown` is how it was written. kustomize: kyaml/filesys ConfirmDir */
const confirmDirectory = (files: KustomizeFiles, shown: string, path: string): string => {
  if (files.isDirectory(path)) return path
  const problem =
    files.read(path) === undefined
      ? `not a valid directory: ${notThere(files, shown, path)}`
      : `'${shown}': file is not directory`
  throw new KustomizeError(`must build at directory: ${problem}`)
}

export class Loader {
  readonly root: string
  readonly files: KustomizeFiles
  /** What is known of kinds; one for all kustomizations of a build, and the first that names a document decides. */
  readonly schemas: { current: MergeSchemas; isGiven: boolean }
  readonly #referrer: Loader | undefined
  readonly #isUnrestricted: boolean

  private constructor(
    files: KustomizeFiles,
    root: string,
    isUnrestricted: boolean,
    referrer?: Loader,
  ) {
    this.files = files
    this.root = root
    this.schemas = referrer?.schemas ?? { current: builtInSchemas, isGiven: false }
    this.#referrer = referrer
    this.#isUnrestricted = isUnrestricted
  }

  /** For the directory that the user named; relative ones begin at `cwd`. */
  static at(files: KustomizeFiles, cwd: string, path: string, isUnrestricted = false): Loader {
    refuseRepository(path)
    const absolute = path.startsWith('/') ? cleanPath(path) : joinPath(cwd, path)
    return new Loader(files, confirmDirectory(files, path, absolute), isUnrestricted)
  }

  /** For another kustomization. */
  enter(path: string): Loader {
    if (path === '') throw new KustomizeError('new root cannot be empty')
    refuseRepository(path)
    if (path.startsWith('/')) throw new KustomizeError(`new root '${path}' cannot be absolute`)
    const joined = joinPath(this.root, path)
    const root = confirmDirectory(this.files, joined, joined)
    this.#refuseCycle(root)
    return new Loader(this.files, root, this.#isUnrestricted, this)
  }

  /** The text of a file. */
  load(path: string): string {
    const remote = REMOTE_FILE.exec(path)
    if (remote !== null)
      throw new KustomizeError(`Get "${path}": dial tcp: lookup ${remote[1] ?? ''}: no such host`)
    const absolute = path.startsWith('/') ? cleanPath(path) : joinPath(this.root, path)
    if (this.files.isDirectory(absolute))
      throw new KustomizeError(`'${absolute}' must resolve to a file`)
    const text = this.files.read(absolute)
    if (text === undefined) throw new KustomizeError(notThere(this.files, absolute, absolute))
    if (!this.#isUnrestricted && !isWithin(directoryOf(absolute), this.root))
      throw new KustomizeError(`security; file '${absolute}' is not in or below '${this.root}'`)
    return text
  }

  #refuseCycle(root: string): void {
    if (isWithin(this.root, root))
      throw new KustomizeError(
        `cycle detected: candidate root '${root}' contains visited root '${this.root}'`,
      )
    if (this.#referrer !== undefined) this.#referrer.#refuseCycle(root)
  }
}

/** The computer has no git, and nothing to clone from. */
const refuseRepository = (path: string): void => {
  if (REPOSITORY.test(path))
    throw new KustomizeError(
      `no 'git' program on path: exec: "git": executable file not found in $PATH`,
    )
}
